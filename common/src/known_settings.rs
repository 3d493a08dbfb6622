//! All settings of all programs, by their names, so that one that is misspelt is noticed.

use std::{env, fmt};

/// The variables that are read, by all programs together.
pub const SETTINGS: [&str; 54] = [
    "ACCEL_REDIRECT_PREFIX",
    "ALLOWED_HOSTS",
    "AWS_ACCESS_KEY_ID",
    "AWS_ALLOW_HTTP",
    "AWS_ENDPOINT",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SECRET_ACCESS_KEY_FILE",
    "BIND_ADDR",
    "DOWNLOAD_IDLE_SECONDS",
    "DRAIN_SECONDS",
    "LEASE_SECONDS",
    "LOG_FORMAT",
    "LOG_LEVEL",
    "MAILS_PER_DAY",
    "MAIL_DIR",
    "MAIL_FROM",
    "MAX_UPLOAD_BYTES",
    "MAX_UPLOAD_FILES",
    "METRICS_ADDR",
    "MIN_FREE_BYTES",
    "PUBLIC_URL",
    "QUEUE_PASSWORD",
    "QUEUE_PASSWORD_FILE",
    "QUEUE_URL",
    "RETENTION_DAYS",
    "SCRATCH_DIR",
    "SHARD_IMAGES",
    "SMTP_CA_FILE",
    "SMTP_PASSWORD",
    "SMTP_PASSWORD_FILE",
    "SMTP_URL",
    "STORE_URL",
    "SWEEP_SECONDS",
    "TRAPLINE_CONCURRENCY",
    "TRAPLINE_DECODE_MEGABYTES",
    "TRAPLINE_DEVICE",
    "TRAPLINE_HOME",
    "TRAPLINE_MAX_MEGAPIXELS",
    "TRAPLINE_MODEL",
    "TRAPLINE_MODELS",
    "TRAPLINE_MODEL_MIRROR",
    "TRAPLINE_ONNXRUNTIME",
    "TRAPLINE_THREADS",
    "TRUSTED_PROXIES",
    "UNFINISHED_BYTES_PER_CLIENT",
    "UNFINISHED_FILES_PER_CLIENT",
    "UPLOADS_PER_HOUR",
    "UPLOAD_CHUNK_BYTES",
    "UPLOAD_DIR",
    "UPLOAD_IDLE_SECONDS",
    "UPLOAD_MIN_BYTES_PER_SECOND",
    "UPLOAD_RETENTION_DAYS",
    "WRONG_IDS_PER_MINUTE",
];

/// What a developer sets for tests and measurements.
const OF_DEVELOPERS: [&str; 4] = [
    "TRAPLINE_BENCH_IMAGES",
    "TRAPLINE_KILLS",
    "TRAPLINE_REQUIRE_YOLOX",
    "TRAPLINE_TEST_PYTHON",
];
/// What others set for programs of their own. All else that begins as theirs does is theirs, too.
const OF_OTHERS: [&str; 3] = ["MAILDIR", "MAILPATH", "AWS_"];
/// How our own begin, of which none is set for anything else.
const OUR_FAMILIES: [&str; 8] = [
    "TRAPLINE_",
    "SMTP_",
    "MAILS_",
    "MAX_UPLOAD_",
    "RETENTION_",
    "UNFINISHED_",
    "UPLOAD_",
    "UPLOADS_",
];
/// Letters in which a name may differ and still be taken for a misspelt one.
const MISSPELT: usize = 2;
/// Letters that a name may have more or fewer at its end, as `BIND_ADDRESS` and `LEASE_SEC` have.
const MORE_LETTERS: usize = 6;

/// A variable that looks like a setting of ours and is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownSetting {
    /// Its name.
    pub name: String,
    /// What may be meant.
    pub meant: Option<&'static str>,
}

impl fmt::Display for UnknownSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is no setting and counts for nothing", self.name)?;
        match self.meant {
            Some(meant) => write!(f, "; did you mean {meant}?"),
            None => Ok(()),
        }
    }
}

/// The variables of this process that look like settings of ours and are none, by their names. They
/// are told and not refused: the environment is not ours alone.
#[must_use]
pub fn unknown() -> Vec<UnknownSetting> {
    let names = env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let mut unknown: Vec<_> = names.filter_map(|name| suspect(&name)).collect();
    unknown.sort_by(|a, b| a.name.cmp(&b.name));
    unknown
}

/// Whether a name is one that somebody may have meant for us.
fn suspect(name: &str) -> Option<UnknownSetting> {
    let is_known = SETTINGS.contains(&name) || OF_DEVELOPERS.contains(&name);
    if is_known || OF_OTHERS.iter().any(|other| name.starts_with(other)) {
        return None;
    }
    let upper = name.to_ascii_uppercase();
    let distance = |known: &&str| strsim::damerau_levenshtein(&upper, known);
    let nearest = SETTINGS.into_iter().min_by_key(distance)?;
    let is_near = distance(&nearest) <= MISSPELT;
    let is_family = OUR_FAMILIES.iter().any(|family| name.starts_with(family));
    // Of a long name the first words can be right and the last one another.
    let same_words = SETTINGS.into_iter().find(|known| {
        let words = |text: &str| text.rsplit_once('_').map(|(words, _)| words.to_owned());
        words(known).is_some_and(|first| first.contains('_') && words(&upper) == Some(first))
    });
    let same_begin = SETTINGS.into_iter().find(|known| {
        let is_begin = known.starts_with(&upper) || upper.starts_with(known);
        is_begin && upper.contains('_') && known.len().abs_diff(upper.len()) <= MORE_LETTERS
    });
    let meant = if is_near { Some(nearest) } else { None };
    let meant = meant.or(same_begin).or(same_words);
    (meant.is_some() || is_family).then(|| UnknownSetting {
        name: name.to_owned(),
        meant,
    })
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    fn said(name: &str) -> Option<String> {
        suspect(name).map(|unknown| unknown.to_string())
    }

    #[test]
    fn what_is_misspelt_is_named_with_what_may_be_meant() {
        for (name, meant) in [
            ("MAIL_PER_DAY", "MAILS_PER_DAY"),
            ("PUBLIC_ULR", "PUBLIC_URL"),
            ("BIND_ADDRESS", "BIND_ADDR?"),
            ("LEASE_SEC", "LEASE_SECONDS"),
            ("SWEEP_SECOND", "SWEEP_SECONDS"),
            ("MAX_UPLOAD_SIZE", "MAX_UPLOAD_BYTES"),
            ("TRAPLINE_DEVCE", "TRAPLINE_DEVICE"),
            ("retention_days", "RETENTION_DAYS"),
        ] {
            let said = said(name).unwrap_or_default();
            assert!(said.contains("did you mean"), "{name}: {said}");
            assert!(said.contains(meant), "{name}: {said}");
        }
        let end = "is no setting and counts for nothing";
        assert_eq!(said("TRAPLINE_FOO"), Some(format!("TRAPLINE_FOO {end}")));
        assert_eq!(
            said("SMTP_PORT_NUMBER"),
            Some(format!("SMTP_PORT_NUMBER {end}"))
        );
    }

    #[test]
    fn settings_and_what_is_not_ours_are_not() {
        let others = [
            "PATH",
            "HOME",
            "MAIL",
            "MAILDIR",
            "LANG",
            "AWS_PROFILE",
            "HTTP_PROXY",
            "TZ",
        ];
        for name in SETTINGS.into_iter().chain(OF_DEVELOPERS).chain(others) {
            assert_eq!(said(name), None, "{name}");
        }
    }

    /// The texts in capitals with a line between words that stand in a program.
    fn names_in(program: &str) -> Vec<&str> {
        let program = program.split("#[cfg(test)]").next().unwrap_or_default();
        let is_name = |text: &&str| {
            let is_letter = |byte: u8| byte.is_ascii_uppercase() || byte == b'_';
            text.contains('_') && text.len() > 5 && text.bytes().all(is_letter)
        };
        program.split('"').filter(is_name).collect()
    }

    fn programs(folder: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                programs(&path, found);
            } else if path.extension().is_some_and(|end| end == "rs") {
                found.push(fs::read_to_string(&path).unwrap());
            }
        }
    }

    #[test]
    fn every_setting_that_is_read_is_known_and_documented() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut sources = Vec::new();
        for part in ["common", "web", "worker"] {
            programs(&root.join(part).join("src"), &mut sources);
        }
        let of_systemd = ["CREDENTIALS_DIRECTORY"];
        for source in &sources {
            let reads = [
                "env::maybe",
                "env::parsed",
                "env::var",
                "env = \"",
                "at_least_one(",
            ];
            if !reads.iter().any(|read| source.contains(read)) {
                continue;
            }
            for name in names_in(source) {
                let is_known = [&SETTINGS[..], &OF_DEVELOPERS, &of_systemd]
                    .iter()
                    .any(|names| names.contains(&name));
                assert!(is_known || OUR_FAMILIES.contains(&name), "{name}");
            }
        }
        let manual = fs::read_to_string(root.join("docs/OPERATIONS.md")).unwrap();
        let listed = |name: &&str| manual.contains(&format!("| `{name}` |"));
        let missing: Vec<&str> = SETTINGS.into_iter().filter(|name| !listed(name)).collect();
        assert_eq!(missing, Vec::<&str>::new());
    }
}
