//! Tests of both back ends from one list of promises.

/// Makes every promise a test on SQLite and one on Redis. A promise is an asynchronous function of
/// what is made of a `Place`, as the expression before the list says.
macro_rules! of_both_back_ends {
    ($place:ident => $given:expr; $($promise:ident)*) => {
        mod on_sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $promise() {
                let $place = super::Place::sqlite();
                super::$promise($given).await;
            })*
        }

        mod on_redis {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $promise() {
                let $place = super::Place::redis();
                super::$promise($given).await;
            })*
        }
    };
}
