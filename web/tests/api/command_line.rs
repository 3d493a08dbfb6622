//! What the real program says to whoever starts it by hand.

use crate::program::{Program, said};

fn text(output: &[u8]) -> String {
    String::from_utf8_lossy(output).into_owned()
}

#[test]
fn help_and_version_are_there_and_other_arguments_end_it() {
    let help = said(&["--help"], &[]);
    assert!(help.status.success());
    assert!(text(&help.stdout).contains("--check"), "{help:?}");
    let version = said(&["--version"], &[]);
    assert_eq!(
        text(&version.stdout),
        concat!("trapline-web ", env!("CARGO_PKG_VERSION"), "\n")
    );
    for arguments in [&["--chekc"][..], &["serve"]] {
        let refused = said(arguments, &[]);
        assert_eq!(refused.status.code(), Some(2), "{arguments:?}");
        assert!(text(&refused.stderr).contains(arguments[0]));
    }
}

#[test]
fn a_check_says_what_holds_and_what_does_not() {
    let well = said(&["--check"], &[]);
    assert_eq!(well.status.code(), Some(0), "{well:?}");
    for part in ["store", "records", "uploads"] {
        let holds = format!("{part:<10}can be used: ");
        assert!(text(&well.stdout).contains(&holds), "{well:?}");
    }
    let unknown = said(&["--check"], &[("MAIL_PER_DAY", "5")]);
    assert_eq!(unknown.status.code(), Some(1));
    let line = "settings  MAIL_PER_DAY is no setting and counts for nothing; \
                did you mean MAILS_PER_DAY?\n";
    assert!(text(&unknown.stdout).contains(line), "{unknown:?}");
    let unreachable = said(&["--check"], &[("QUEUE_URL", "redis://127.0.0.1:1/0")]);
    assert_eq!(unreachable.status.code(), Some(1));
    assert!(text(&unreachable.stdout).contains("records   cannot be used: "));
    assert!(text(&unreachable.stdout).contains("store     can be used: "));
    let nonsense = said(&["--check"], &[("RETENTION_DAYS", "many")]);
    assert_eq!(nonsense.status.code(), Some(2));
    assert!(text(&nonsense.stderr).contains("RETENTION_DAYS"));
}

#[actix_web::test]
async fn a_variable_that_looks_like_a_setting_is_named_and_the_program_starts() {
    let program = Program::start(&[("MAIL_PER_DAY", "5"), ("TRAPLINE_COLOUR", "green")]);
    let log = program.before().join("\n");
    assert!(log.contains("MAIL_PER_DAY is no setting"), "{log}");
    assert!(log.contains("TRAPLINE_COLOUR is no setting"), "{log}");
    assert!(!log.contains("green"), "what it is set to may be secret");
}
