use proptest::prelude::*;

use super::*;

const LEASE: u64 = 60_000;
const WINDOW: u32 = 2;

fn job() -> JobId {
    JobId::random().unwrap()
}

fn images(count: u64) -> Counts {
    Counts {
        files: count,
        processed: count,
        ..Counts::default()
    }
}

fn tasks(record: &JobRecord) -> Vec<Task> {
    record.tasks().map(|(task, _)| task).collect()
}

/// A record whose upload is planned into shards of ten images.
fn planned(shards: u32) -> JobRecord {
    let mut record = JobRecord::accepted(job(), 0);
    let claim = record.claim(Task::Plan, "w", LEASE, 0).unwrap();
    let images = u64::from(shards) * 10;
    record.planned(&claim, images, shards, WINDOW).unwrap();
    record
}

#[test]
fn a_job_goes_from_its_upload_to_its_last_mail() {
    let mut record = planned(3);
    let mail = Task::Mail(MailKind::Accepted);
    assert_eq!(tasks(&record), [Task::Detect(0), Task::Detect(1), mail]);
    for shard in 0..3 {
        let claim = record.claim(Task::Detect(shard), "w", LEASE, 0).unwrap();
        record.detected(&claim, &images(10), WINDOW, 0).unwrap();
    }
    assert_eq!(tasks(&record), [Task::Assemble, mail]);
    assert_eq!(record.counts(), images(30));
    let claim = record.claim(Task::Assemble, "w", LEASE, 0).unwrap();
    record.ended(&claim, MailKind::Done).unwrap();
    for kind in [MailKind::Done, MailKind::Accepted] {
        assert!(!record.is_over());
        let claim = record.claim(Task::Mail(kind), "w", LEASE, 0).unwrap();
        record.mailed(&claim).unwrap();
    }
    assert!(record.is_over());
}

#[test]
fn a_task_is_one_workers_until_its_lease_runs_out() {
    let mut record = planned(1);
    let task = Task::Detect(0);
    let first = record.claim(task, "a", LEASE, 0).unwrap();
    assert_eq!(
        record.claim(task, "b", LEASE, LEASE - 1),
        Err(Refusal::Held)
    );
    record.renew(&first, images(3), LEASE, LEASE).unwrap();
    assert_eq!(record.counts(), images(3));
    assert_eq!(
        record.claim(task, "b", LEASE, LEASE + 1),
        Err(Refusal::Held)
    );

    let second = record.claim(task, "b", LEASE, 3 * LEASE).unwrap();
    assert_eq!(second.crashes, 1);
    assert_eq!(record.counts(), images(0));
    assert_eq!(
        record.renew(&first, images(9), LEASE, 3 * LEASE),
        Err(Fenced)
    );
    assert_eq!(record.detected(&first, &images(10), WINDOW, 0), Err(Fenced));
    assert_eq!(record.release(&first, Release::Untouched, 0), Err(Fenced));
    record.detected(&second, &images(10), WINDOW, 0).unwrap();
    assert_eq!(record.counts(), images(10));
    assert_eq!(record.claim(task, "a", LEASE, 0), Err(Refusal::NotOpen));
}

#[test]
fn a_lease_that_ran_out_is_kept_when_nobody_took_the_task() {
    let mut record = planned(1);
    let claim = record.claim(Task::Detect(0), "a", LEASE, 0).unwrap();
    record.renew(&claim, images(1), LEASE, 9 * LEASE).unwrap();
    assert_eq!(
        record.claim(Task::Detect(0), "b", LEASE, 9 * LEASE),
        Err(Refusal::Held)
    );
}

#[test]
fn a_task_at_which_workers_die_is_set_aside_unless_the_job_moves() {
    let mut record = planned(2);
    let mut now = 0;
    let mut crash = |record: &mut JobRecord| {
        now += 2 * LEASE;
        record.claim(Task::Detect(0), "w", LEASE, now).map(drop)
    };
    for _ in 0..SHARD_CRASH_LIMIT {
        crash(&mut record).unwrap();
    }
    let other = record.claim(Task::Detect(1), "w", LEASE, 0).unwrap();
    record.detected(&other, &images(10), WINDOW, 0).unwrap();
    for _ in 0..SHARD_CRASH_LIMIT - 1 {
        crash(&mut record).unwrap();
    }
    assert_eq!(crash(&mut record), Err(Refusal::SetAside));
    assert!(
        record
            .wake(0, u64::MAX)
            .iter()
            .all(|task| *task != Task::Detect(0))
    );
    assert_eq!(record.take_up(), 1);
    crash(&mut record).unwrap();
}

#[test]
fn deaths_that_a_worker_came_past_do_not_set_a_task_aside() {
    let mut record = planned(1);
    let task = Task::Detect(0);
    for round in 0..10 {
        for death in 0..SHARD_CRASH_LIMIT - CAREFUL_AFTER - 1 {
            let deaths = round * SHARD_CRASH_LIMIT + death;
            let now = u64::from(deaths) * 2 * LEASE;
            let claim = record.claim(task, "w", LEASE, now).unwrap();
            assert_eq!(claim.is_isolated(), deaths >= CAREFUL_AFTER);
            if death == 0 {
                record.came_past(&claim).unwrap();
            }
        }
    }
}

#[test]
fn a_fault_of_ours_is_tried_again_later_and_later() {
    let mut record = planned(1);
    let (mut now, mut waits) = (0, Vec::new());
    loop {
        let claim = match record.claim(Task::Detect(0), "w", LEASE, now) {
            Ok(claim) => claim,
            Err(refusal) => break assert_eq!(refusal, Refusal::SetAside),
        };
        let reason = "no disk space".to_owned();
        record.release(&claim, Release::Fault(reason), now).unwrap();
        let (_, state) = record.tasks().next().unwrap();
        waits.push((state.due_ms - now) / 1000);
        if state.set_aside.is_none() {
            assert_eq!(
                record.claim(Task::Detect(0), "w", LEASE, state.due_ms - 1),
                Err(Refusal::NotDue)
            );
        }
        now = record.tasks().next().unwrap().1.due_ms;
    }
    assert_eq!(waits.len(), FAULT_LIMIT as usize);
    assert_eq!(waits[..8], [5, 10, 20, 40, 80, 160, 300, 300]);
}

/// Lets a task fail until it is set aside, from a moment on; gives the moment of the last fault.
fn set_aside(record: &mut JobRecord, task: Task, mut now: u64) -> u64 {
    loop {
        let claim = record.claim(task, "w", LEASE, now).unwrap();
        let fault = Release::Fault("x".to_owned());
        record.release(&claim, fault, now).unwrap();
        let mut tasks = record.tasks();
        let (_, state) = tasks.find(|(open, _)| *open == task).unwrap();
        if state.set_aside.is_some() {
            return now;
        }
        now = state.due_ms;
    }
}

#[test]
fn a_job_that_is_stuck_says_since_when_and_tells_its_owner_once_each_time() {
    let mut record = planned(1);
    let told = Task::Mail(MailKind::Stuck);
    assert_eq!(record.stuck_since(), None);
    let moment = set_aside(&mut record, Task::Detect(0), 5);
    let since = record.stuck_since().unwrap();
    assert_eq!(since.as_millisecond().unsigned_abs(), moment);
    assert!(record.wake(0, moment).contains(&told));
    let claim = record.claim(told, "w", LEASE, moment).unwrap();
    record.mailed(&claim).unwrap();
    assert!(!record.wake(0, 2 * moment).contains(&told), "once");
    assert_eq!(record.stuck_since(), Some(since));

    assert_eq!(record.take_up(), 1);
    assert_eq!((record.stuck_since(), record.is_stuck()), (None, false));
    set_aside(&mut record, Task::Detect(0), moment);
    assert!(tasks(&record).contains(&told), "again");
    assert!(record.stuck_since() > Some(since));
}

#[test]
fn a_mail_that_cannot_be_sent_and_a_package_made_again_leave_no_job_stuck() {
    for task in [Task::Mail(MailKind::Done), Task::Rebuild] {
        let mut record = JobRecord::of_mail(job(), MailKind::Done, 0);
        record.open_rebuild();
        set_aside(&mut record, task, 0);
        assert_eq!((record.stuck_since(), record.is_stuck()), (None, false));
        assert!(!tasks(&record).contains(&Task::Mail(MailKind::Stuck)));
    }
}

#[test]
fn a_stuck_record_of_an_older_version_begins_to_be_stuck_when_it_is_looked_at() {
    let mut record = planned(1);
    set_aside(&mut record, Task::Detect(0), 0);
    record.stuck_ms = None;
    record.tasks.remove(&Task::Mail(MailKind::Stuck));
    assert!(record.wake(0, 7_000).contains(&Task::Mail(MailKind::Stuck)));
    assert_eq!(record.stuck_since().unwrap().as_millisecond(), 7_000);
}

#[test]
fn a_task_that_no_worker_can_do_is_set_aside_after_some_days_without_progress() {
    let refuse = |record: &mut JobRecord, now: u64| {
        let claim = record.claim(Task::Detect(0), "w", LEASE, now).unwrap();
        let how = Release::Elsewhere("no such model".to_owned());
        record.release(&claim, how, now).unwrap();
        record.is_stuck()
    };
    let mut record = planned(2);
    assert!(!refuse(&mut record, 0));
    assert!(!refuse(&mut record, ELSEWHERE_LIMIT_MS - 1));
    let other = record.claim(Task::Detect(1), "w", LEASE, 0).unwrap();
    record.detected(&other, &images(10), WINDOW, 0).unwrap();
    assert!(!refuse(&mut record, ELSEWHERE_LIMIT_MS + ELSEWHERE_MS));
    assert!(refuse(&mut record, 3 * ELSEWHERE_LIMIT_MS));
}

#[test]
fn a_task_given_back_untouched_can_be_taken_at_once_and_counts_as_no_crash() {
    let mut record = planned(1);
    for _ in 0..2 * CRASH_LIMIT {
        let claim = record.claim(Task::Detect(0), "w", LEASE, 0).unwrap();
        assert_eq!(claim.crashes, 0);
        record.release(&claim, Release::Untouched, 0).unwrap();
    }
}

#[test]
fn workers_are_told_of_a_task_once_and_again_when_nobody_came() {
    let mut record = planned(2);
    assert_eq!(record.wake(30_000, 100_000).len(), 3);
    assert_eq!(record.wake(30_000, 100_001).len(), 0);
    record.claim(Task::Detect(0), "w", LEASE, 100_002).unwrap();
    let mail = Task::Mail(MailKind::Accepted);
    assert_eq!(record.wake(30_000, 130_000), [Task::Detect(1), mail]);
    assert_eq!(record.wake(30_000, 160_000 + LEASE).len(), 3);
}

proptest! {
    /// Whatever workers do, and in whatever order, every shard is finished exactly once, and the
    /// record reads back as it was written.
    #[test]
    fn every_shard_counts_once(
        shards in 1_u32..6,
        steps in prop::collection::vec((0_usize..4, 0_u32..6, 0_u64..90_000), 0..200),
    ) {
        let mut record = planned(shards);
        let mut claims: Vec<Claim> = Vec::new();
        let (mut now, mut finished) = (0, 0);
        for (step, pick, wait) in steps {
            now += wait;
            let text = serde_json::to_string(&record).unwrap();
            prop_assert_eq!(&serde_json::from_str::<JobRecord>(&text).unwrap(), &record);
            let newest = claims.get(pick as usize % claims.len().max(1)).copied();
            match (step, newest) {
                (0, _) => claims.extend(record.claim(Task::Detect(pick), "w", LEASE, now)),
                (1, Some(claim)) => {
                    finished += u64::from(record.detected(&claim, &images(10), WINDOW, now).is_ok());
                }
                (2, Some(claim)) => drop(record.renew(&claim, images(1), LEASE, now)),
                (_, Some(claim)) => drop(record.release(&claim, Release::Untouched, now)),
                _ => {}
            }
            let open = record.tasks().filter(|(t, _)| matches!(t, Task::Detect(_))).count();
            prop_assert!(open <= WINDOW as usize);
        }
        prop_assert!(finished <= u64::from(shards));
        prop_assert!(record.counts().images() >= finished * 10);
        let is_assembling = tasks(&record).contains(&Task::Assemble);
        prop_assert_eq!(is_assembling, finished == u64::from(shards));
    }
}
