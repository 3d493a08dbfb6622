//! What the queue promises over every back end, asked of SQLite and of a real Redis server that
//! is also killed and emptied.
#![expect(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

#[macro_use]
mod support;

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use common::{
    job::{Lane, MailKind, Task},
    queue::{Handler, Listener, Queue, QueueUrl, WakeUp},
};
use support::{job::id, place::Place, soon, until};
use tokio::{
    sync::{Barrier, Notify, mpsc, oneshot},
    task::JoinHandle,
};

of_both_back_ends! {
    place => &place;
    a_wake_up_reaches_the_listener_of_its_lane
    the_depth_is_what_waits_in_a_lane
    wake_ups_come_in_their_order
    two_listeners_share_the_work
    no_more_is_done_at_a_time_than_there_are_slots
    stopping_waits_for_what_is_under_way
    a_handler_that_panics_does_not_end_the_listener
    nothing_grows_when_it_is_tidied
    the_wake_ups_of_one_job_are_forgotten
}

/// A listener until it is stopped.
struct Ear {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Ear {
    fn new(queue: &Queue, worker: &str, lane: Lane, slots: usize, handler: Handler) -> Self {
        let listener = Listener {
            worker: worker.to_owned(),
            lane,
            slots,
            handler,
        };
        let (queue, (stop, stopped)) = (queue.clone(), oneshot::channel());
        let stopped = async {
            let _ = stopped.await;
        };
        let task = tokio::spawn(async move { queue.listen(listener, stopped).await });
        Self { stop, task }
    }

    async fn stop(self) {
        let _ = self.stop.send(());
        soon("the listener's end", self.task).await.unwrap();
    }
}

fn handler<F: Future<Output = ()> + Send + 'static>(
    handle: impl Fn(WakeUp) -> F + Send + Sync + 'static,
) -> Handler {
    Arc::new(move |wake_up| Box::pin(handle(wake_up)))
}

/// A handler that only passes on what it got.
fn telling() -> (Handler, mpsc::UnboundedReceiver<WakeUp>) {
    let (told, heard) = mpsc::unbounded_channel();
    let handler = handler(move |wake_up| {
        let _ = told.send(wake_up);
        std::future::ready(())
    });
    (handler, heard)
}

fn wake_up(task: Task) -> WakeUp {
    WakeUp { job: id(), task }
}

async fn next(heard: &mut mpsc::UnboundedReceiver<WakeUp>) -> WakeUp {
    soon("a wake-up", heard.recv()).await.unwrap()
}

/// Whether a task is still running after it had time to end.
async fn goes_on(task: &mut JoinHandle<()>) -> bool {
    tokio::time::timeout(Duration::from_millis(700), task)
        .await
        .is_err()
}

async fn a_wake_up_reaches_the_listener_of_its_lane(place: &Place) {
    let ((_, sender), (_, receiver)) = (place.open().await, place.open().await);
    let (desk, mut at_desk) = telling();
    let (detect, mut at_detect) = telling();
    let desk = Ear::new(&receiver, "w", Lane::Control, 1, desk);
    let detect = Ear::new(&receiver, "w", Lane::Detect, 1, detect);
    for task in [Task::Plan, Task::Assemble, Task::Mail(MailKind::Done)] {
        let wake_up = wake_up(task);
        sender.wake(wake_up).await.unwrap();
        assert_eq!(next(&mut at_desk).await, wake_up);
    }
    let shard = wake_up(Task::Detect(7));
    sender.wake(shard).await.unwrap();
    assert_eq!(next(&mut at_detect).await, shard);
    desk.stop().await;
    detect.stop().await;
    assert!(at_desk.try_recv().is_err() && at_detect.try_recv().is_err());
}

async fn the_depth_is_what_waits_in_a_lane(place: &Place) {
    let (_, queue) = place.open().await;
    for task in [Task::Plan, Task::Plan, Task::Detect(1)] {
        queue.wake(wake_up(task)).await.unwrap();
    }
    assert_eq!(queue.depth(Lane::Control).await.unwrap(), 2);
    assert_eq!(queue.depth(Lane::Detect).await.unwrap(), 1);
    let (handler, mut heard) = telling();
    let ear = Ear::new(&queue, "w", Lane::Control, 1, handler);
    next(&mut heard).await;
    next(&mut heard).await;
    ear.stop().await;
    assert_eq!(queue.depth(Lane::Control).await.unwrap(), 0);
    assert_eq!(queue.depth(Lane::Detect).await.unwrap(), 1);
}

async fn wake_ups_come_in_their_order(place: &Place) {
    let (_, queue) = place.open().await;
    let sent: Vec<WakeUp> = (0..20).map(|n| wake_up(Task::Detect(n))).collect();
    for wake_up in &sent {
        queue.wake(*wake_up).await.unwrap();
        // Within a millisecond the order is not told.
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let (handler, mut heard) = telling();
    let ear = Ear::new(&queue, "w", Lane::Detect, 1, handler);
    for wake_up in sent {
        assert_eq!(next(&mut heard).await, wake_up);
    }
    ear.stop().await;
}

async fn two_listeners_share_the_work(place: &Place) {
    let ((_, one), (_, other)) = (place.open().await, place.open().await);
    // Each waits at work for the other, so neither can do it alone.
    let (both, (told, mut heard)) = (Arc::new(Barrier::new(2)), mpsc::unbounded_channel());
    let handler = handler(move |wake_up| {
        let (both, told) = (Arc::clone(&both), told.clone());
        async move {
            both.wait().await;
            let _ = told.send(wake_up);
        }
    });
    let first = Ear::new(&one, "first", Lane::Control, 1, Arc::clone(&handler));
    let second = Ear::new(&other, "second", Lane::Control, 1, handler);
    let sent: Vec<WakeUp> = (0..10).map(|_| wake_up(Task::Plan)).collect();
    for wake_up in &sent {
        one.wake(*wake_up).await.unwrap();
    }
    let mut done = Vec::new();
    for _ in &sent {
        done.push(next(&mut heard).await.job);
    }
    first.stop().await;
    second.stop().await;
    assert!(heard.try_recv().is_err(), "something was done twice");
    done.sort();
    let mut jobs: Vec<_> = sent.iter().map(|wake_up| wake_up.job).collect();
    jobs.sort();
    assert_eq!(done, jobs);
}

/// Counts how many handlers run at a time; each waits for a permission to end.
#[derive(Clone, Default)]
struct Gate {
    under_way: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
    done: Arc<AtomicUsize>,
    open: Arc<Notify>,
}

impl Gate {
    fn handler(&self) -> Handler {
        let gate = self.clone();
        handler(move |_| {
            let gate = gate.clone();
            async move {
                let under_way = gate.under_way.fetch_add(1, Ordering::SeqCst) + 1;
                gate.most.fetch_max(under_way, Ordering::SeqCst);
                gate.open.notified().await;
                gate.under_way.fetch_sub(1, Ordering::SeqCst);
                gate.done.fetch_add(1, Ordering::SeqCst);
            }
        })
    }

    async fn until_under_way(&self, count: usize) {
        until("the work's beginning", async || {
            self.under_way.load(Ordering::SeqCst) == count
        })
        .await;
    }

    async fn until_done(&self, count: usize) {
        until("the work's end", async || {
            self.done.load(Ordering::SeqCst) == count
        })
        .await;
    }
}

async fn no_more_is_done_at_a_time_than_there_are_slots(place: &Place) {
    let (_, queue) = place.open().await;
    let gate = Gate::default();
    for _ in 0..6 {
        queue.wake(wake_up(Task::Plan)).await.unwrap();
    }
    let ear = Ear::new(&queue, "w", Lane::Control, 2, gate.handler());
    for done in 1..=6 {
        let under_way = (7 - done).min(2);
        gate.until_under_way(under_way).await;
        gate.open.notify_one();
        gate.until_done(done).await;
    }
    ear.stop().await;
    assert_eq!(gate.most.load(Ordering::SeqCst), 2);
}

async fn stopping_waits_for_what_is_under_way(place: &Place) {
    let (_, queue) = place.open().await;
    let gate = Gate::default();
    let mut ear = Ear::new(&queue, "w", Lane::Control, 1, gate.handler());
    queue.wake(wake_up(Task::Plan)).await.unwrap();
    gate.until_under_way(1).await;
    ear.stop.send(()).unwrap();
    assert!(goes_on(&mut ear.task).await);
    // It begins nothing new meanwhile.
    queue.wake(wake_up(Task::Plan)).await.unwrap();
    gate.open.notify_one();
    soon("the listener's end", ear.task).await.unwrap();
    assert_eq!(gate.done.load(Ordering::SeqCst), 1);
    let (handler, mut heard) = telling();
    let next_ear = Ear::new(&queue, "x", Lane::Control, 1, handler);
    next(&mut heard).await;
    next_ear.stop().await;
}

async fn a_handler_that_panics_does_not_end_the_listener(place: &Place) {
    let (_, queue) = place.open().await;
    let (told, mut heard) = mpsc::unbounded_channel();
    let handler = handler(move |wake_up| {
        let told = told.clone();
        async move {
            assert!(wake_up.task != Task::Assemble, "a planned panic");
            let _ = told.send(wake_up);
        }
    });
    let ear = Ear::new(&queue, "w", Lane::Control, 1, handler);
    for task in [Task::Assemble, Task::Assemble, Task::Plan] {
        queue.wake(wake_up(task)).await.unwrap();
    }
    assert_eq!(next(&mut heard).await.task, Task::Plan);
    ear.stop().await;
}

async fn nothing_grows_when_it_is_tidied(place: &Place) {
    let (_, queue) = place.open().await;
    let mut sizes = Vec::new();
    for round in 0..3 {
        let (handler, mut heard) = telling();
        let ear = Ear::new(&queue, &format!("w{round}"), Lane::Control, 2, handler);
        for _ in 0..30 {
            queue.wake(wake_up(Task::Plan)).await.unwrap();
        }
        for _ in 0..30 {
            next(&mut heard).await;
        }
        until("all to be entered as handled", async || {
            handled(place).await == 30 && !says_that_some_wait(place).await
        })
        .await;
        ear.stop().await;
        forget_when_workers_were_seen(place).await;
        queue.tidy().await.unwrap();
        queue.wake(wake_up(Task::Detect(0))).await.unwrap();
        sizes.push(
            size(place).await - queue.depth(Lane::Detect).await.unwrap() * per_wake_up(place),
        );
    }
    assert_eq!(sizes, [sizes[0]; 3]);
    // What still waits is not tidied away.
    assert_eq!(queue.depth(Lane::Detect).await.unwrap(), 3);
}

async fn forget_when_workers_were_seen(place: &Place) {
    match place {
        Place::Redis(server) => {
            let key = "trapline:wake:desk:workers";
            let mut connection = server.connection().await;
            let workers: Vec<String> = redis::cmd("ZRANGE")
                .arg(key)
                .arg(0)
                .arg(-1)
                .query_async(&mut connection)
                .await
                .unwrap();
            for worker in workers {
                let mut command = redis::cmd("ZADD");
                command.arg(key).arg("XX").arg(1).arg(worker);
                let () = command.query_async(&mut connection).await.unwrap();
            }
        }
        Place::Sqlite(_) => {
            let pool = pool(place).await;
            sqlx::query("UPDATE Workers SET last_seen = 1")
                .execute(&pool)
                .await
                .unwrap();
        }
    }
}

async fn pool(place: &Place) -> sqlx::SqlitePool {
    let QueueUrl::Sqlite(path) = place.url() else {
        panic!("not a file")
    };
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
    sqlx::SqlitePool::connect_with(options).await.unwrap()
}

/// How many wake-ups are entered as handled.
async fn handled(place: &Place) -> u64 {
    match place {
        Place::Redis(server) => {
            let mut connection = server.connection().await;
            let count = redis::cmd("SCARD")
                .arg("trapline:wake:desk:done")
                .to_owned();
            count.query_async(&mut connection).await.unwrap()
        }
        Place::Sqlite(_) => {
            let statement = "SELECT COUNT(*) FROM Jobs WHERE status = 'Done'";
            let count: i64 = sqlx::query_scalar(statement)
                .fetch_one(&pool(place).await)
                .await
                .unwrap();
            count.unsigned_abs()
        }
    }
}

/// Whether Redis still has the key by which apalis-redis knows that wake-ups wait. The first look
/// that finds none removes it.
async fn says_that_some_wait(place: &Place) -> bool {
    let Place::Redis(server) = place else {
        return false;
    };
    let mut connection = server.connection().await;
    let command = redis::cmd("EXISTS")
        .arg("trapline:wake:desk:signal")
        .to_owned();
    command.query_async(&mut connection).await.unwrap()
}

/// Rows, or keys and what is in them.
async fn size(place: &Place) -> u64 {
    match place {
        Place::Redis(server) => {
            let sizes = "local size = 0
                for _, key in ipairs(redis.call('KEYS', '*')) do
                    local kind = redis.call('TYPE', key).ok
                    local count = { hash = 'HLEN', set = 'SCARD', zset = 'ZCARD', list = 'LLEN' }
                    size = size + (count[kind] and redis.call(count[kind], key) or 1)
                end
                return size";
            let mut connection = server.connection().await;
            redis::Script::new(sizes)
                .invoke_async(&mut connection)
                .await
                .unwrap()
        }
        Place::Sqlite(_) => {
            let statement = "SELECT (SELECT COUNT(*) FROM Jobs) + (SELECT COUNT(*) FROM Workers)";
            let size: i64 = sqlx::query_scalar(statement)
                .fetch_one(&pool(place).await)
                .await
                .unwrap();
            size.unsigned_abs()
        }
    }
}

/// What a waiting wake-up takes: a row; or its id, its payload and four facts about it.
fn per_wake_up(place: &Place) -> u64 {
    match place {
        Place::Redis(_) => 6,
        Place::Sqlite(_) => 1,
    }
}

async fn wake_when_redis_is_back(queue: &Queue) {
    until("the connection's return", async || {
        queue.wake(wake_up(Task::Plan)).await.is_ok()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_listener_outlives_a_restart_of_redis() {
    let mut place = Place::redis();
    let (_, queue) = place.open().await;
    let gate = Gate::default();
    let ear = Ear::new(&queue, "w", Lane::Control, 1, gate.handler());
    queue.wake(wake_up(Task::Plan)).await.unwrap();
    gate.until_under_way(1).await;
    place.server().kill();
    place.server().start_again();
    wake_when_redis_is_back(&queue).await;
    gate.open.notify_one();
    gate.until_done(1).await;
    gate.until_under_way(1).await;
    gate.open.notify_one();
    gate.until_done(2).await;
    ear.stop().await;
    assert_eq!(gate.most.load(Ordering::SeqCst), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn stopping_waits_also_for_work_whose_connection_broke() {
    let mut place = Place::redis();
    let (_, queue) = place.open().await;
    let gate = Gate::default();
    let mut ear = Ear::new(&queue, "w", Lane::Control, 2, gate.handler());
    queue.wake(wake_up(Task::Plan)).await.unwrap();
    gate.until_under_way(1).await;
    place.server().kill();
    place.server().start_again();
    // A second one arrives: the listener has begun anew, and knows nothing of the first.
    wake_when_redis_is_back(&queue).await;
    gate.until_under_way(2).await;
    gate.open.notify_one();
    gate.until_done(1).await;
    ear.stop.send(()).unwrap();
    assert!(goes_on(&mut ear.task).await);
    gate.open.notify_one();
    soon("the listener's end", ear.task).await.unwrap();
    assert_eq!(gate.done.load(Ordering::SeqCst), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_listener_outlives_the_loss_of_all_keys() {
    let place = Place::redis();
    let Place::Redis(server) = &place else {
        unreachable!("it is Redis")
    };
    let (_, queue) = place.open().await;
    let gate = Gate::default();
    let ear = Ear::new(&queue, "w", Lane::Control, 2, gate.handler());
    for done in 1..=3 {
        queue.wake(wake_up(Task::Plan)).await.unwrap();
        gate.until_under_way(1).await;
        server.flush().await;
        gate.open.notify_one();
        gate.until_done(done).await;
    }
    queue.wake(wake_up(Task::Plan)).await.unwrap();
    gate.until_under_way(1).await;
    gate.open.notify_one();
    ear.stop().await;
    assert_eq!(gate.done.load(Ordering::SeqCst), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nine_thousand_wake_ups_do_not_block_the_queue() {
    let place = Place::redis();
    let (_, queue) = place.open().await;
    let senders = (0..8).map(|_| {
        let queue = queue.clone();
        tokio::spawn(async move {
            for _ in 0..9_000 / 8 {
                queue.wake(wake_up(Task::Plan)).await.unwrap();
            }
        })
    });
    for sender in senders.collect::<Vec<_>>() {
        sender.await.unwrap();
    }
    assert_eq!(queue.depth(Lane::Control).await.unwrap(), 9_000);
    let (handler, mut heard) = telling();
    let ear = Ear::new(&queue, "w", Lane::Control, 4, handler);
    for _ in 0..20 {
        next(&mut heard).await;
    }
    ear.stop().await;
}

#[tokio::test]
async fn a_worker_that_died_at_something_does_not_keep_the_rest_from_being_tidied() {
    let place = Place::sqlite();
    let (_, queue) = place.open().await;
    queue.wake(wake_up(Task::Plan)).await.unwrap();
    let pool = pool(&place).await;
    for statement in [
        "INSERT INTO Workers (id, worker_type, storage_name, last_seen) VALUES \
         ('dead', 'trapline:wake:desk', 's', 1), ('gone', 'trapline:wake:desk', 's', 1)",
        "UPDATE Jobs SET status = 'Running', lock_by = 'dead', lock_at = 1",
    ] {
        sqlx::query(statement).execute(&pool).await.unwrap();
    }
    queue.tidy().await.unwrap();
    assert_eq!(size(&place).await, 2, "the dead worker and what it was at");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn programs_that_begin_with_a_new_file_at_once_can_all_use_it() {
    let folder = tempfile::tempdir().unwrap();
    let url = QueueUrl::Sqlite(folder.path().join("trapline.db"));
    let opened: Vec<_> = (0..8)
        .map(|_| {
            let url = url.clone();
            tokio::spawn(async move { common::queue::open(&url).await.map(drop) })
        })
        .collect();
    for opened in opened {
        opened.await.unwrap().unwrap();
    }
}

async fn the_wake_ups_of_one_job_are_forgotten(place: &Place) {
    let (_, queue) = place.open().await;
    let (gone, kept) = (id(), id());
    for task in [Task::Plan, Task::Detect(3), Task::Mail(MailKind::Done)] {
        for job in [gone, kept] {
            queue.wake(WakeUp { job, task }).await.unwrap();
        }
    }
    queue.forget(gone).await.unwrap();
    assert_eq!(queue.depth(Lane::Control).await.unwrap(), 2);
    assert_eq!(queue.depth(Lane::Detect).await.unwrap(), 1);
    let (handler, mut heard) = telling();
    let ear = Ear::new(&queue, "w", Lane::Control, 1, handler);
    for task in [Task::Plan, Task::Mail(MailKind::Done)] {
        assert_eq!(next(&mut heard).await, WakeUp { job: kept, task });
    }
    ear.stop().await;
}
