//! The pages on which results are looked at.

use common::{Category, MediaOutcome, store::JobFolder};

use crate::support::*;

/// The number before a label on the chips of the page.
fn counted(page: &str, name: &str) -> usize {
    let mark = format!("data-count=\"{name}\">");
    let rest = page.split(&mark).nth(1).unwrap();
    let number = rest.split('<').next().unwrap();
    number.replace(',', "").parse().unwrap()
}

fn tiles(page: &str) -> usize {
    page.matches("<li id=\"media-").count()
}

#[actix_web::test]
async fn the_list_shows_and_counts_what_was_found() {
    let app = TestApp::start().await;
    let gallery = Gallery::of(&app, 500).await;
    for threshold in [0.05, 0.2, 0.7] {
        let page = app
            .page(&gallery.at(&format!("/results?threshold={threshold}")))
            .await;
        let blank = gallery.count(|record| found(record, threshold) == Some(0));
        assert_eq!(counted(&page, "blank"), blank, "{threshold}");
        assert_eq!(counted(&page, "any"), 500);
        let failed = gallery.count(|record| matches!(record.outcome, MediaOutcome::Failed(_)));
        assert_eq!(counted(&page, "failed"), failed);
        assert!(page.contains("500 files, page 1 of 9"));
        assert_eq!(tiles(&page), 60);
        let listed = app
            .page(&gallery.at(&format!("/results?threshold={threshold}&show=blank")))
            .await;
        assert!(listed.contains(&format!(">{blank} file")), "{blank}");
    }
    let last = app.page(&gallery.at("/results?page=9")).await;
    assert_eq!(tiles(&last), 20);
    let beyond = app.page(&gallery.at("/results?page=99")).await;
    assert_eq!(tiles(&beyond), 20);
}

#[actix_web::test]
async fn boxes_below_the_threshold_are_there_but_hidden() {
    let app = TestApp::start().await;
    let gallery = Gallery::of(&app, 60).await;
    let page = app.page(&gallery.at("/results?threshold=0.7")).await;
    for rect in page.split("<rect ").skip(1) {
        let rect = rect.split("/>").next().unwrap();
        let confidence = rect.split("data-confidence=\"").nth(1).unwrap();
        let confidence: u16 = confidence.split('"').next().unwrap().parse().unwrap();
        assert_eq!(rect.ends_with(" hidden"), confidence < 700, "{rect}");
    }
    assert!(page.contains("<rect class=\"animal\""));
}

#[actix_web::test]
async fn what_makes_no_sense_in_an_address_is_left_out_with_a_word() {
    let app = TestApp::start().await;
    let gallery = Gallery::of(&app, 10).await;
    let page = app
        .page(&gallery.at("/results?show=fish&threshold=0.001"))
        .await;
    assert!(page.contains("“fish” is not something to show"));
    assert!(page.contains("Below 0.05 nothing was kept to look at."));
    assert_eq!(tiles(&page), 10);
}

#[actix_web::test]
async fn pictures_are_sent_once_and_then_known() {
    let app = TestApp::start().await;
    let gallery = Gallery::of(&app, 20).await;
    let number = gallery.first(|record| found(record, 0.2).is_some());
    let MediaOutcome::Processed(media) = &gallery.records[number].outcome else {
        panic!("it was looked at");
    };
    let place = media.picture.unwrap();
    let pack = JobFolder::of(gallery.job).pictures(place.pack);
    for (name, part) in [
        ("thumbnail", place.thumbnail()),
        ("preview", place.preview()),
    ] {
        let path = gallery.at(&format!("/pictures/{number}/{name}"));
        let answer = app.ask(&path).await;
        assert_eq!(answer.headers()["content-type"], "image/jpeg");
        assert_eq!(answer.headers()["cache-control"], "private, no-cache");
        assert_eq!(answer.headers()["x-robots-tag"], "noindex, nofollow");
        let tag = answer.headers()["etag"].to_str().unwrap().to_owned();
        let bytes = app
            .jobs
            .store
            .get_range(&pack, part)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(answer.bytes().await.unwrap(), bytes);
        let again = app.ask_with(&path, "if-none-match", &tag).await;
        assert_eq!(again.status(), 304);
        assert!(again.bytes().await.unwrap().is_empty());
    }
    let unread = gallery.records.len();
    for number in [unread, 4_000_000_000] {
        let answer = app
            .ask(&gallery.at(&format!("/pictures/{number}/preview")))
            .await;
        assert_eq!(answer.status(), 404);
    }
}

#[actix_web::test]
async fn a_picture_has_a_page_with_everything_known_of_it() {
    let app = TestApp::start().await;
    let gallery = Gallery::of(&app, 200).await;
    let number = gallery.first(|record| found(record, 0.2) == Some(1));
    let record = &gallery.records[number];
    let page = app
        .page(&gallery.at(&format!("/results/media/{number}?show=animal")))
        .await;
    let captured = record.camera.captured.as_ref().unwrap().local;
    for known in [
        record.path.as_str(),
        record.content_hash.as_deref().unwrap(),
        "RECONYX HYPERFIRE 2",
        &captured.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        "2048 × 1536",
        "rel=\"next\"",
    ] {
        assert!(page.contains(known), "{known}");
    }
    let answer = app.ask(&gallery.at("/results/media/200")).await;
    assert_eq!(answer.status(), 404);
}

#[actix_web::test]
async fn arrows_lead_through_the_list_that_was_asked_for() {
    let app = TestApp::start().await;
    let gallery = Gallery::of(&app, 300).await;
    let person = |record: &common::MediaRecord| match &record.outcome {
        MediaOutcome::Processed(media) => {
            media.count_at(Category::Person, crate::gallery_job::threshold()) > 0
        }
        _ => false,
    };
    let expected: Vec<String> = (0..)
        .zip(&gallery.records)
        .filter(|(_, record)| person(record))
        .map(|(number, _): (usize, _)| number.to_string())
        .collect();
    assert!(expected.len() > 2, "{expected:?}");
    let mut path = gallery.at(&format!("/results/media/{}?show=person", expected[0]));
    let mut seen = Vec::new();
    loop {
        let page = app.page(&path).await;
        seen.push(path.split(['/', '?']).nth(5).unwrap().to_owned());
        assert!(page.contains(&format!("{} of {}", seen.len(), expected.len())));
        let Some(next) = page.split("rel=\"next\" href=\"").nth(1) else {
            break;
        };
        path = next.split('"').next().unwrap().replace("&#38;", "&");
    }
    assert_eq!(seen, expected);
}

#[actix_web::test]
async fn figures_count_what_the_filters_admit() {
    let app = TestApp::start().await;
    let gallery = Gallery::of(&app, 400).await;
    let page = app
        .page(&gallery.at("/results/figures?camera=spring"))
        .await;
    let looked_at = gallery.count(|record| {
        record.path.as_str().starts_with("spring/") && found(record, 0.2).is_some()
    });
    assert!(
        page.contains(&format!(">{looked_at} pictures<")),
        "{looked_at}"
    );
    assert!(page.contains("<svg class=\"plot\"") && page.contains("As a table"));
    assert!(page.contains("spring") && !page.contains("<th scope=\"row\">old-quarry</th>"));
}

#[actix_web::test]
async fn a_job_without_pictures_to_look_at_says_so_and_leads_to_its_page() {
    let app = TestApp::start().await;
    for (job, text) in [
        (
            app.running_job(100).await,
            "There is nothing to look at yet",
        ),
        (
            app.done_job(b"x").await,
            "This result can only be downloaded",
        ),
    ] {
        for path in ["", "/media/0", "/figures", "/blanks", "/corrections"] {
            let path = format!("/jobs/{job}/results{path}");
            let answer = app.ask_with(&path, "accept", HTML).await;
            assert_eq!(answer.status(), 404, "{path}");
            let page = answer.text().await.unwrap();
            assert!(
                page.contains(text) && page.contains(&format!("href=\"/jobs/{job}\"")),
                "{page}"
            );
        }
    }
}

const PAGES: [&str; 8] = [
    "/results",
    "/results/media/0",
    "/results/figures",
    "/results/blanks",
    "/results/corrections",
    "/corrections.csv",
    "/pictures/0/thumbnail",
    "/pictures/0/preview",
];

#[actix_web::test]
async fn nothing_of_a_deleted_job_is_shown_any_more() {
    let app = TestApp::start().await;
    let gallery = Gallery::of(&app, 20).await;
    for path in PAGES {
        assert_eq!(app.ask(&gallery.at(path)).await.status(), 200, "{path}");
    }
    app.press(&gallery.at("/delete")).await;
    for path in PAGES {
        assert_eq!(app.ask(&gallery.at(path)).await.status(), 410, "{path}");
    }
}

#[actix_web::test]
async fn results_are_private_and_hold_nothing_that_the_policy_forbids() {
    let app = TestApp::start().await;
    let gallery = Gallery::of(&app, 20).await;
    for path in &PAGES[..5] {
        let answer = app.ask_with(&gallery.at(path), "accept", HTML).await;
        let kept = answer.headers()["cache-control"].to_str().unwrap();
        assert!(kept.contains("no-store"), "{path}: {kept}");
        assert_eq!(answer.headers()["x-robots-tag"], "noindex, nofollow");
        let page = answer.text().await.unwrap();
        for forbidden in [
            "<style",
            " style=",
            "onclick",
            "javascript:",
            "http://",
            "https://",
            "ada@",
        ] {
            assert!(!page.contains(forbidden), "{forbidden} in {path}");
        }
    }
}

#[actix_web::test]
async fn every_script_and_style_is_there_and_small() {
    let app = TestApp::start().await;
    let gallery = Gallery::of(&app, 5).await;
    let page = app.page(&gallery.at("/results/figures")).await;
    let mut waiting: Vec<String> = page
        .split('"')
        .filter(|part| part.starts_with("/static/results/"))
        .map(str::to_owned)
        .collect();
    let (mut seen, mut bytes) = (Vec::new(), 0);
    while let Some(path) = waiting.pop() {
        if seen.contains(&path) {
            continue;
        }
        let answer = app.ask(&path).await;
        assert_eq!(answer.status(), 200, "{path}");
        assert!(
            answer.headers()["cache-control"]
                .to_str()
                .unwrap()
                .contains("immutable")
        );
        let text = answer.text().await.unwrap();
        let folder = path.rsplit_once('/').unwrap().0;
        if path.ends_with(".js") {
            bytes += text.len();
            let imports = text
                .split("from \"./")
                .skip(1)
                .filter_map(|rest| rest.split('"').next());
            waiting.extend(imports.map(|name| format!("{folder}/{name}")));
        }
        seen.push(path);
    }
    assert!(seen.len() >= 9, "{seen:?}");
    // Far below the 150 kB that it may have when it is compressed.
    assert!(bytes < 60_000, "{bytes} bytes of scripts");
    let old = app.ask("/static/results/0000000000/main.js").await;
    assert_eq!(old.headers()["cache-control"], "no-store");
    assert_eq!(
        app.ask("/static/results/0000000000/none.js").await.status(),
        404
    );
}

/// How sure the model is of the surest person on a picture, if it is one that is hidden.
fn hidden_person(record: &common::MediaRecord) -> Option<f64> {
    let MediaOutcome::Processed(media) = &record.outcome else {
        return None;
    };
    let mut found = media.detections.iter();
    let person = found.find(|one| one.category == Category::Person)?;
    let confidence = person.confidence.value();
    (confidence >= 0.1).then_some(confidence)
}

#[actix_web::test]
async fn a_picture_in_which_somebody_is_hidden_says_so() {
    const SENTENCE: &str = "Made unrecognisable on purpose, as this job was asked to: person ";
    let app = TestApp::start().await;
    let gallery = Gallery::of(&app, 300).await;
    let person = gallery.first(|record| hidden_person(record).is_some());
    let page = app
        .page(&gallery.at(&format!("/results/media/{person}")))
        .await;
    let confidence = hidden_person(&gallery.records[person]).unwrap();
    assert!(page.contains(&format!("{SENTENCE}{confidence}")));
    let other = gallery.first(|record| {
        hidden_person(record).is_none() && matches!(record.outcome, MediaOutcome::Processed(_))
    });
    let page = app
        .page(&gallery.at(&format!("/results/media/{other}")))
        .await;
    assert!(!page.contains("Made unrecognisable"));
    // At the highest threshold nearly everything is called blank, and some of it is hidden. Where in
    // the sample that stands is up to the job's id.
    let mut said = 0;
    for place in 1..=300 {
        if place > 100 && said > 0 {
            break;
        }
        let blank = format!("/results/blanks?threshold=0.99&size=all&place={place}");
        let page = app.page(&gallery.at(&blank)).await;
        let is_said = page.contains(SENTENCE);
        assert_eq!(
            is_said,
            page.contains("if pictures that were passed over are missed ones")
        );
        said += usize::from(is_said);
    }
    assert!(said > 0);
}
