//! The results pages.

mod blanks_page;
mod corrections_page;
mod facts;
mod figures_page;
mod filters;
mod gallery_page;
mod hidden;
mod layout;
mod media_page;
mod picture;
mod rebuild;
mod steps;
mod tile;

pub(crate) use blanks_page::{Asked, BlanksPage};
pub(crate) use corrections_page::CorrectionsPage;
pub(crate) use figures_page::FiguresPage;
pub(crate) use gallery_page::GalleryPage;
pub(crate) use media_page::MediaPage;
