//! What people say about results, and the check of what was called blank.

use common::{
    correction::Verdict,
    store::{JobFolder, Store},
};
use serde_json::{Value, json};

use crate::support::*;

/// Says something about a picture as a browser does.
async fn say(app: &TestApp, gallery: &Gallery, number: usize, verdict: &str) -> String {
    let back = gallery.at(&format!("/results/media/{number}"));
    let number_text = number.to_string();
    let said = [
        ("media", number_text.as_str()),
        ("verdict", verdict),
        ("back", back.as_str()),
    ];
    let request = app.form(&gallery.at("/results/corrections"), &said);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 303);
    assert_eq!(answer.headers()["location"], back.as_str());
    app.page(&back).await
}

async fn table(app: &TestApp, gallery: &Gallery) -> Vec<Vec<String>> {
    let text = app.page(&gallery.at("/corrections.csv")).await;
    let text = text.strip_prefix('\u{feff}').unwrap();
    let lines = text.lines().skip(1);
    lines
        .map(|line| line.split(',').map(str::to_owned).collect())
        .collect()
}

#[actix_web::test]
async fn a_correction_stands_beside_the_models_word_and_can_be_taken_back() {
    let app = TestApp::start().await;
    let gallery = Gallery::of(&app, 100).await;
    let number = gallery.first(|record| found(record, 0.2) == Some(1));
    let page = say(&app, &gallery, number, "wrong-0").await;
    assert!(page.contains("corrected: blank") && page.contains("You said: box 1 is wrong"));
    assert!(
        page.contains("class=\"word animal\">animal 0."),
        "the model's word is gone"
    );
    say(&app, &gallery, number, "person").await;
    let path = gallery.records[number].path.to_string();
    let rows = table(&app, &gallery).await;
    assert_eq!(rows.len(), 2);
    assert_eq!(
        rows[0][2..8],
        [path.as_str(), "wrong-detection", "", "0", "", "yes"]
    );
    assert_eq!(rows[0][8..10], ["animal", "animal"]);
    assert_eq!(rows[1][3..9], ["shows", "person", "", "", "yes", "animal"]);

    say(&app, &gallery, number, "undo-2").await;
    let page = say(&app, &gallery, number, "undo-1").await;
    assert!(!page.contains("corrected:"));
    let rows = table(&app, &gallery).await;
    assert!(rows.iter().all(|row| row[7] == "no"), "{rows:?}");
    let list = app.page(&gallery.at("/results/corrections")).await;
    assert_eq!(list.matches("taken back").count(), 2);
}

#[actix_web::test]
async fn programs_say_it_in_json() {
    let app = TestApp::start().await;
    let gallery = Gallery::of(&app, 20).await;
    let number = gallery.first(|record| found(record, 0.2).is_some());
    let send = |body: Value| {
        app.post(&gallery.at("/results/corrections"))
            .header("accept", JSON)
            .json(&body)
            .send()
    };
    let answer = send(json!({"media": number, "verdict": "vehicle"}))
        .await
        .unwrap();
    assert_eq!(answer.status(), 201);
    assert_eq!(answer.json::<Value>().await.unwrap()["number"], 1);
    for (body, status) in [
        (json!({"media": number, "verdict": "fish"}), 422),
        (json!({"media": number, "verdict": "wrong-99"}), 422),
        (json!({"media": number, "verdict": "undo-7"}), 422),
        (json!({"media": 999, "verdict": "blank"}), 404),
    ] {
        assert_eq!(send(body.clone()).await.unwrap().status(), status, "{body}");
    }
}

#[actix_web::test]
async fn other_sites_cannot_correct_anything() {
    let app = TestApp::start().await;
    let gallery = Gallery::of(&app, 5).await;
    let said = [("media", "0"), ("verdict", "blank")];
    let request = app.form(&gallery.at("/results/corrections"), &said);
    let request = request.header("sec-fetch-site", "cross-site");
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 403);
    assert!(table(&app, &gallery).await.is_empty());
}

/// Says something as another process of the service does.
async fn say_elsewhere(store: &Store, gallery: &Gallery, verdict: Verdict) {
    let mut heard = store.corrections(gallery.job).await.unwrap();
    let about = (0, &gallery.records[0].path);
    store
        .correct(gallery.job, &mut heard, about, verdict)
        .await
        .unwrap();
}

#[actix_web::test]
async fn two_processes_never_write_over_each_other() {
    let app = TestApp::start().await;
    let gallery = Gallery::of(&app, 20).await;
    let number = gallery.first(|record| found(record, 0.2).is_some());
    say(&app, &gallery, number, "animal").await;
    say_elsewhere(
        &app.jobs.store,
        &gallery,
        Verdict::Shows(common::Label::Person),
    )
    .await;
    say(&app, &gallery, number, "vehicle").await;
    let said: Vec<String> = table(&app, &gallery)
        .await
        .iter()
        .map(|row| row[4].clone())
        .collect();
    assert_eq!(said, ["animal", "person", "vehicle"]);
    let third = JobFolder::of(gallery.job).correction(3);
    assert!(app.jobs.store.find(&third).await.unwrap().is_some());
}

/// The number of the picture that is asked about.
fn asked(page: &str) -> Option<String> {
    let form = page.split("data-answer>").nth(1)?;
    let number = form.split("name=\"media\" value=\"").nth(1)?;
    Some(number.split('"').next().unwrap().to_owned())
}

#[actix_web::test]
async fn the_check_goes_through_a_sample_and_says_how_many_may_be_missed() {
    let app = TestApp::start().await;
    let gallery = Gallery::of(&app, 300).await;
    let blanks = gallery.at("/results/blanks?threshold=0.2&size=50");
    let begun = app.page(&blanks).await;
    assert!(begun.contains("Nothing is checked yet.") && begun.contains("0 of 50 checked"));
    let mut seen = Vec::new();
    for place in 0..50 {
        let page = app.page(&blanks).await;
        let number = asked(&page).unwrap();
        let record = &gallery.records[number.parse::<usize>().unwrap()];
        assert_eq!(found(record, 0.2), Some(0), "it was not called blank");
        assert!(!seen.contains(&number), "it was asked twice");
        say(
            &app,
            &gallery,
            number.parse().unwrap(),
            if place == 7 { "animal" } else { "blank" },
        )
        .await;
        seen.push(number);
    }
    let done = app.page(&blanks).await;
    // 1 in 50: 1 − the 5 % quantile of the exact binomial.
    assert!(done.contains(
        "1 missed in 50: fewer than 9.2 % of the blank pictures are missed (95 % confidence)."
    ));
    assert!(done.contains("All of the sample is checked"));
    // A larger sample goes on where the smaller one ended.
    let larger = app
        .page(&gallery.at("/results/blanks?threshold=0.2&size=100"))
        .await;
    assert!(larger.contains("50 of 100 checked"));
    assert!(!seen.contains(&asked(&larger).unwrap()));
}

#[actix_web::test]
async fn an_answer_of_the_check_can_be_looked_at_and_taken_back() {
    let app = TestApp::start().await;
    let gallery = Gallery::of(&app, 200).await;
    let first = gallery.at("/results/blanks?threshold=0.2&size=50&place=1");
    let number: usize = asked(&app.page(&first).await).unwrap().parse().unwrap();
    say(&app, &gallery, number, "animal").await;
    let page = app.page(&first).await;
    assert_eq!(asked(&page).unwrap(), number.to_string());
    assert!(page.contains("value=\"undo-1\"") && page.contains("1 missed in 1"));
    // Answers are taken back one by one, and nothing else that was said is.
    say(&app, &gallery, number, "person").await;
    assert!(app.page(&first).await.contains("value=\"undo-2\""));
    say(&app, &gallery, number, "undo-2").await;
    assert!(app.page(&first).await.contains("value=\"undo-1\""));
    say(&app, &gallery, number, "undo-1").await;
    let page = app.page(&first).await;
    assert!(page.contains("Nothing is checked yet.") && !page.contains("value=\"undo-"));
}

#[actix_web::test]
async fn the_check_goes_on_behind_a_picture_that_was_passed_over() {
    let app = TestApp::start().await;
    let gallery = Gallery::of(&app, 200).await;
    let sample = gallery.at("/results/blanks?threshold=0.2&size=50");
    let at = |place: usize| format!("{sample}&place={place}");
    let way_on = |page: &str| {
        let form = page.split("data-answer>").nth(1).unwrap();
        let back = form.split("name=\"back\" value=\"").nth(1).unwrap();
        back.split('"').next().unwrap().replace("&#38;", "&")
    };
    let fourth = app.page(&at(4)).await;
    assert_eq!(way_on(&fourth), at(5));
    // The last leads to the first that is open.
    assert_eq!(way_on(&app.page(&at(50)).await), at(1));
    let first: usize = asked(&app.page(&at(1)).await).unwrap().parse().unwrap();
    say(&app, &gallery, first, "blank").await;
    let page = app.page(&at(50)).await;
    assert_eq!(way_on(&page), at(2));
    assert!(
        !page.contains("passed over were"),
        "nobody passed over anything"
    );
    let fourth: usize = asked(&fourth).unwrap().parse().unwrap();
    say(&app, &gallery, fourth, "blank").await;
    let page = app.page(&at(50)).await;
    // 1 − 0.05^(1/2); of 2 in 4, the 5 % quantile of the exact binomial.
    assert!(page.contains(
        "0 missed in 2: fewer than 77.7 % of the blank pictures are missed (95 % confidence). \
         If the 2 that you passed over were missed too, fewer than 90.3 %."
    ));
}

#[actix_web::test]
async fn a_picture_on_which_somebody_is_seen_whom_the_model_did_not_see_gets_no_copy() {
    const SENTENCE: &str = "The next package that is made has no copy of this picture";
    let app = TestApp::start().await;
    let gallery = Gallery::of(&app, 50).await;
    let blank = gallery.first(|record| found(record, 0.0) == Some(0));
    let page = gallery.at(&format!("/results/media/{blank}"));
    for (label, is_hidden) in [("animal", false), ("person", true), ("vehicle", false)] {
        say(&app, &gallery, blank, label).await;
        let page = app.page(&page).await;
        assert_eq!(page.contains(SENTENCE), is_hidden, "{label}");
    }
}
