use super::*;
use crate::jsonnet::frame::Request;

/// A process that is ready, and reads what is asked up to the first byte.
const ASKED: &str = r"printf '!\000\000\000\000'; head -c 1 >/dev/null; ";

/// The plan of a service whose program is a script of the shell. Its answers are made up; its ends are not.
fn plan(script: &str) -> Plan {
    let mut plan = Plan::of(PathBuf::from("/bin/sh"));
    plan.args = vec!["-c".to_owned(), script.to_owned()];
    plan
}

fn request() -> Vec<u8> {
    let none = std::collections::BTreeMap::new;
    Request { name: "test".to_owned(), text: "1".to_owned(), vars: none(), args: none() }.frame().unwrap()
}

async fn run(pool: &Arc<Pool>) -> Result<Outcome, JsonnetError> {
    pool.run(request()).await
}

async fn gone(plan: Plan) -> String {
    match run(&Pool::new(plan)).await {
        Err(JsonnetError::Gone(why)) => why,
        other => panic!("{other:?}"),
    }
}

/// Waits until something is so; never for longer than a test may hang.
async fn until(so: impl Fn() -> bool) {
    let waited = async {
        while !so() {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(20), waited).await.expect("it never came to be");
}

#[tokio::test]
async fn a_process_answers_again_and_again() {
    let pool = Pool::new(plan(r"printf '!\000\000\000\000=\000\000\000\0011=\000\000\000\0012'; exec sleep 1000"));
    assert_eq!(pool.idle(), 0);
    assert_eq!(run(&pool).await.unwrap(), Ok("1".to_owned()));
    assert_eq!(pool.idle(), 1);
    assert_eq!(run(&pool).await.unwrap(), Ok("2".to_owned()), "the same process as before");
}

#[tokio::test]
async fn one_that_takes_too_long_is_ended() {
    let mut plan = plan(&format!("{ASKED} exec sleep 1000"));
    plan.evaluation = Duration::from_millis(20);
    let pool = Pool::new(plan);
    assert!(matches!(run(&pool).await, Err(JsonnetError::OverBudget("time"))));
    assert_eq!(pool.idle(), 0);
}

#[tokio::test]
async fn one_the_system_ends_took_too_much() {
    for signal in ["ABRT", "SEGV", "XCPU", "KILL"] {
        let pool = Pool::new(plan(&format!("{ASKED} kill -{signal} $$")));
        let ended = run(&pool).await;
        assert!(matches!(ended, Err(JsonnetError::OverBudget("memory"))), "{signal}: {ended:?}");
    }
}

#[tokio::test]
async fn why_there_is_none_is_told() {
    assert!(gone(plan(&format!("{ASKED} exit 3"))).await.contains("exit status: 3"));
    assert!(gone(plan(r"printf '#\000\000\000\006rlimit'")).await.contains("rlimit"));
    assert!(gone(plan("echo this is something else")).await.contains("no frame"));
    assert!(gone(plan(r"printf '=\000\000\000\0011'; exec sleep 1000")).await.contains("before it was asked"));
    assert!(gone(plan(r"printf '!\000\000\000\000!\000\000\000\000'; exec sleep 1000")).await.contains("out of turn"));
    assert!(gone(Plan::of(PathBuf::from("/no/such/program"))).await.contains("/no/such/program"));
    let mut silent = plan("exec sleep 1000");
    silent.start = Duration::from_millis(20);
    assert!(gone(silent).await.contains("not ready in time"));
}

#[tokio::test]
async fn one_that_ended_without_work_is_replaced() {
    let pool = Pool::new(plan(&format!(r"{ASKED} printf '=\000\000\000\0017'")));
    assert_eq!(run(&pool).await.unwrap(), Ok("7".to_owned()));
    until(|| !pool.state().idle.iter_mut().any(Worker::is_alive)).await;
    assert_eq!(run(&pool).await.unwrap(), Ok("7".to_owned()));
}

#[tokio::test]
async fn one_without_work_is_ended_after_a_while() {
    let mut plan = plan(r"printf '!\000\000\000\000=\000\000\000\0011'; exec sleep 1000");
    plan.idle = Duration::from_millis(5);
    let pool = Pool::new(plan);
    assert_eq!(run(&pool).await.unwrap(), Ok("1".to_owned()));
    until(|| pool.idle() == 0).await;
    assert_eq!(run(&pool).await.unwrap(), Ok("1".to_owned()), "another one, which is looked after again");
    until(|| pool.idle() == 0).await;
}

#[tokio::test]
async fn one_that_has_worked_long_is_not_kept() {
    let mut plan = plan(r"printf '!\000\000\000\000=\000\000\000\0011'; exec sleep 1000");
    plan.evaluation = PROCESSOR_TIME / 2;
    let pool = Pool::new(plan);
    assert_eq!(run(&pool).await.unwrap(), Ok("1".to_owned()));
    assert_eq!(pool.idle(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waits_too_long_is_told_so() {
    let mut plan = plan(&format!("{ASKED} exec sleep 1000"));
    (plan.most, plan.queue) = (1, Duration::from_millis(20));
    let pool = Pool::new(plan);
    let first = tokio::spawn({
        let pool = Arc::clone(&pool);
        async move { run(&pool).await }
    });
    until(|| pool.free.available_permits() == 0).await;
    assert!(matches!(run(&pool).await, Err(JsonnetError::Busy)));
    assert!(matches!(first.await.unwrap(), Err(JsonnetError::OverBudget("time"))));
}

#[tokio::test]
async fn a_closed_pool_evaluates_nothing() {
    let pool = Pool::new(plan(r"printf '!\000\000\000\000=\000\000\000\0011'; exec sleep 1000"));
    assert_eq!(run(&pool).await.unwrap(), Ok("1".to_owned()));
    pool.close();
    assert_eq!(pool.idle(), 0);
    assert!(run(&pool).await.is_err());
}

#[tokio::test]
async fn processes_get_nothing_of_the_environment() {
    // cargo sets some dozen variables for a test.
    assert!(std::env::vars().any(|(name, _)| name.starts_with("CARGO_")));
    let pool = Pool::new(plan(&format!(r"{ASKED} printf '=\000\000\000\001%s' $(env | grep -c CARGO_)")));
    assert_eq!(run(&pool).await.unwrap(), Ok("0".to_owned()));
}
