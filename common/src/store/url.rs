//! The address of a store.

use std::{
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
    sync::Arc,
};

use object_store::{
    aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey},
    local::LocalFileSystem,
    prefix::PrefixStore,
};
use secrecy::ExposeSecret;
use url::Url;

use super::{Store, StoreError, block_cache::BlockCache};
use crate::env::{self, EnvError};

/// `file:///folder` or `s3://bucket/prefix`. Keys and region of a bucket come from the usual
/// variables (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, `AWS_ENDPOINT`, and
/// `AWS_ALLOW_HTTP=true` for a server of one's own without TLS). The secret key can also be the
/// file `AWS_SECRET_ACCESS_KEY_FILE` or the credential `aws_secret_access_key`.
#[derive(Clone, PartialEq, Eq)]
pub struct StoreUrl(Place);

#[derive(Clone, PartialEq, Eq)]
enum Place {
    Folder(PathBuf),
    Bucket(Url),
}

/// An address that names no store.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no store: write file:///folder or s3://bucket/prefix")]
pub struct InvalidStoreUrl(String);

impl StoreUrl {
    /// The store that a folder is.
    #[must_use]
    pub fn folder(path: PathBuf) -> Self {
        Self(Place::Folder(path))
    }

    /// The folder that the store is, if it is one.
    #[must_use]
    pub fn as_folder(&self) -> Option<&Path> {
        match &self.0 {
            Place::Folder(path) => Some(path),
            Place::Bucket(_) => None,
        }
    }

    pub(super) fn open(&self, settings: &[(&str, &str)]) -> Result<Store, StoreError> {
        match &self.0 {
            Place::Folder(path) => {
                let unusable = |source| StoreError::Folder {
                    path: path.clone(),
                    source,
                };
                std::fs::create_dir_all(path).map_err(unusable)?;
                let root = std::fs::canonicalize(path).map_err(unusable)?;
                let objects = LocalFileSystem::new_with_prefix(&root)
                    .map_err(|e| StoreError::Settings(Box::new(e)))?
                    // What is said to be accepted must outlive a power cut.
                    .with_fsync(true);
                Ok(Store {
                    objects: Arc::new(objects),
                    root: Some(root),
                    signer: None,
                    blocks: Arc::new(BlockCache::new()),
                })
            }
            Place::Bucket(url) => {
                let bucket =
                    bucket(url, settings).map_err(|e| StoreError::Settings(Box::new(e)))?;
                let prefix = url.path().trim_matches('/').to_owned();
                let signer = Arc::new(PrefixSigner {
                    bucket: bucket.clone(),
                    prefix: prefix.clone(),
                });
                Ok(Store {
                    objects: Arc::new(PrefixStore::new(bucket, prefix)),
                    root: None,
                    signer: Some(signer),
                    blocks: Arc::new(BlockCache::new()),
                })
            }
        }
    }
}

fn bucket(url: &Url, settings: &[(&str, &str)]) -> object_store::Result<AmazonS3> {
    let secret = env::maybe_secret("AWS_SECRET_ACCESS_KEY", "AWS_SECRET_ACCESS_KEY_FILE");
    let secret = secret.map_err(|error: EnvError| object_store::Error::Generic {
        store: "S3",
        source: Box::new(error),
    })?;
    let mut builder = AmazonS3Builder::from_env().with_url(url.as_str());
    if let Some(secret) = secret {
        builder = builder.with_secret_access_key(secret.expose_secret());
    }
    for (name, value) in settings {
        let key: AmazonS3ConfigKey = name.to_ascii_lowercase().parse()?;
        builder = builder.with_config(key, *value);
    }
    builder.build()
}

/// Signs addresses below a prefix, which [`PrefixStore`] does not.
#[derive(Debug)]
struct PrefixSigner {
    bucket: AmazonS3,
    prefix: String,
}

#[async_trait::async_trait]
impl object_store::signer::Signer for PrefixSigner {
    async fn signed_url(
        &self,
        method: http::Method,
        key: &object_store::path::Path,
        lifetime: std::time::Duration,
    ) -> object_store::Result<Url> {
        let whole = object_store::path::Path::from(format!("{}/{key}", self.prefix));
        self.bucket.signed_url(method, &whole, lifetime).await
    }
}

impl FromStr for StoreUrl {
    type Err = InvalidStoreUrl;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidStoreUrl(text.to_owned());
        let url = Url::parse(text).map_err(|_| invalid())?;
        match url.scheme() {
            "file" => {
                let path = url.to_file_path().map_err(|()| invalid())?;
                Ok(Self::folder(path))
            }
            "s3" if url.host_str().is_some() => Ok(Self(Place::Bucket(url))),
            _ => Err(invalid()),
        }
    }
}

impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Place::Folder(path) => write!(f, "file://{}", path.display()),
            Place::Bucket(url) => write!(f, "{url}"),
        }
    }
}

impl fmt::Debug for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_and_buckets_are_told_apart() {
        for text in ["file:///var/lib/trapline", "s3://bucket/some/prefix"] {
            assert_eq!(text.parse::<StoreUrl>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "/var/lib/trapline",
            "http://x.org/",
            "s3:///x",
            "file://host/x",
        ] {
            assert!(text.parse::<StoreUrl>().is_err(), "{text}");
        }
    }
}
