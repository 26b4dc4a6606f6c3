//! What can go wrong on the way (checklist 13, first half; contract 1.1, 1.4, 4.5 to 4.7, 5.5, 5.8).

use std::time::{Duration, Instant};

use reqwest::Method;
use sealpost_sandbox::SandboxOptions;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::world::{CREDENTIALS, TestClock, World, minimal, names, token_set};

fn fault(world: &World, spec: &str) {
    world.sandbox.faults().add_spec(spec).unwrap();
}

#[tokio::test]
async fn throttling_is_429_with_or_without_retry_after_and_nothing_is_done() {
    let world = World::new().await;
    fault(&world, "429");
    let reply = world.post(&token_set("a")).await;
    assert_eq!((reply.status, reply.headers.get("retry-after")), (429, None));
    reply.message();
    fault(&world, "429:retry-after=2:times=2");
    for _ in 0..2 {
        let reply = world.post(&token_set("a")).await;
        assert_eq!((reply.status, &reply.headers["retry-after"]), (429, &"2".parse().unwrap()));
    }
    assert_eq!(world.sandbox.snapshot(), []);
    assert_eq!(world.post(&token_set("a")).await.status, 201);
}

#[tokio::test]
async fn unavailable_and_transient_failures_do_nothing_and_pass() {
    let world = World::new().await;
    let transient = "Internal Server Error occurred. It has been logged and will be investigated";
    let id = world.post(&token_set("a")).await.id();
    for (spec, status) in [("503", 503), ("500-transient", 500)] {
        fault(&world, &format!("{spec}:times=4"));
        for reply in [
            world.post(&token_set("b")).await,
            world.put(&id, &token_set("b")).await,
            world.get(&id).await,
            world.delete(&id).await,
        ] {
            assert_eq!(reply.status, status);
            assert_eq!(reply.message() == transient, status == 500);
        }
        assert_eq!(names(&world.list("").await), ["a"]);
    }
    assert_eq!(world.stored(&id).revision, 1);
}

#[tokio::test]
async fn a_page_of_html_with_200_is_no_success() {
    let world = World::new().await;
    fault(&world, "html-200");
    let reply = world.post(&token_set("a")).await;
    assert_eq!(
        (reply.status, &reply.headers["content-type"]),
        (200, &"text/html; charset=utf-8".parse().unwrap())
    );
    assert!(reply.body.starts_with("<!DOCTYPE html>"));
    assert_eq!((world.sandbox.snapshot().len(), world.sandbox.writes().posts), (0, 0));
}

#[tokio::test]
async fn the_connection_is_cut_after_a_post_was_stored() {
    let world = World::new().await;
    fault(&world, "close-after-store");
    let error = world.try_send(Method::POST, CREDENTIALS, Some(&token_set("a")), None).await.unwrap_err();
    assert!(!error.is_timeout(), "cut, not left waiting: {error:?}");
    assert_eq!(names(&world.list("").await), ["a"]);
    assert_eq!(world.sandbox.writes().posts, 1);
    let log = world.sandbox.request_log();
    assert_eq!((log[0].method.as_str(), log[0].status), ("POST", None));
    assert!(world.sandbox.faults().list().is_empty(), "it happens once");
}

#[tokio::test]
async fn the_cut_is_one_of_the_tcp_connection_without_a_byte_of_an_answer() {
    let world = World::new().await;
    fault(&world, "close-after-store");
    let body = token_set("a").to_string();
    let mut stream = tokio::net::TcpStream::connect(world.sandbox.address()).await.unwrap();
    let head = format!(
        "POST {CREDENTIALS} HTTP/1.1\r\nhost: x\r\nauthorization: Api-Token {}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        world.sandbox.token(),
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut answer)).await.unwrap();
    assert!(matches!(read, Ok(0) | Err(_)), "{read:?}");
    assert_eq!(world.sandbox.snapshot().len(), 1);
}

#[tokio::test]
async fn only_the_connection_of_the_write_is_cut() {
    let world = World::new().await;
    fault(&world, "close-after-store");
    fault(&world, "latency=200ms:on=GET");
    let body = minimal("token");
    let (list, post) =
        tokio::join!(world.list(""), world.try_send(Method::POST, CREDENTIALS, Some(&body), None));
    assert!(post.is_err());
    assert_eq!(list.status, 200);
}

#[tokio::test]
async fn a_refused_post_does_not_use_the_cut_up() {
    let world = World::new().await;
    fault(&world, "close-after-store");
    assert_eq!(world.post(&json!({})).await.status, 400);
    assert!(world.try_send(Method::POST, CREDENTIALS, Some(&token_set("a")), None).await.is_err());
}

#[tokio::test]
async fn put_and_delete_can_be_cut_after_the_deed_too() {
    let world = World::new().await;
    let id = world.post(&token_set("a")).await.id();
    let path = format!("{CREDENTIALS}/{id}");
    fault(&world, "close-after-store:on=PUT");
    fault(&world, "close-after-store:on=DELETE");
    assert!(world.try_send(Method::PUT, &path, Some(&token_set("b")), None).await.is_err());
    assert_eq!(world.get(&id).await.json()["name"], "b");
    assert!(world.try_send(Method::DELETE, &path, None, None).await.is_err());
    assert_eq!(world.get(&id).await.status, 404);
}

#[tokio::test]
async fn a_stored_post_can_be_answered_with_500() {
    let world = World::new().await;
    fault(&world, "500-after-store");
    let reply = world.post(&token_set("a")).await;
    assert_eq!(reply.status, 500);
    assert!(reply.message().starts_with("Internal Server Error occurred."));
    assert_eq!(names(&world.list("").await), ["a"]);
}

#[tokio::test]
async fn an_answer_can_break_off_in_its_middle_after_the_deed() {
    let world = World::new().await;
    fault(&world, "truncated-body");
    let error = world.try_send(Method::POST, CREDENTIALS, Some(&token_set("a")), None).await.unwrap_err();
    assert!(error.is_body() || error.is_decode() || error.is_request(), "{error:?}");
    assert!(!error.is_timeout());
    assert_eq!(names(&world.list("").await), ["a"]);
    assert_eq!(world.sandbox.request_log()[0].status, Some(201));
}

#[tokio::test]
async fn a_truncated_answer_promises_more_than_it_sends() {
    let world = World::new().await;
    world.post(&token_set("a")).await.id();
    fault(&world, "truncated-body");
    let mut stream = tokio::net::TcpStream::connect(world.sandbox.address()).await.unwrap();
    let head = format!(
        "GET {CREDENTIALS} HTTP/1.1\r\nhost: x\r\nauthorization: Api-Token {}\r\n\r\n",
        world.sandbox.token()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    tokio::time::timeout(Duration::from_secs(5), stream.read_to_string(&mut answer)).await.unwrap().unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let promised = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    assert!(head.starts_with("HTTP/1.1 200"));
    assert_eq!(body.len(), promised.parse::<usize>().unwrap() / 2);
    assert!(body.starts_with("{\"credentials\""));
}

#[tokio::test]
async fn a_new_id_can_stay_out_of_sight_for_a_while() {
    let clock = TestClock::new();
    let world = World::start(SandboxOptions::default().clock(clock.clock())).await;
    fault(&world, "delay-visible=3s:times=1");
    let id = world.post(&token_set("a")).await.id();
    assert_eq!(world.get(&id).await.status, 404);
    assert_eq!(world.put(&id, &token_set("b")).await.status, 404);
    assert_eq!(world.list("").await.json()["totalCount"], 0);
    clock.pass(Duration::from_millis(2999));
    assert_eq!(world.get(&id).await.status, 404);
    clock.pass(Duration::from_millis(1));
    assert_eq!(
        (world.get(&id).await.status, world.list("").await.json()["totalCount"].as_u64()),
        (200, Some(1))
    );
    let next = world.post(&token_set("c")).await.id();
    assert_eq!(world.get(&next).await.status, 200, "it was for one new id");
}

#[tokio::test]
async fn a_delete_can_fail_with_500_without_body_and_the_set_stays() {
    let world = World::new().await;
    let id = world.post(&token_set("a")).await.id();
    fault(&world, "delete-500-empty");
    assert_eq!(world.delete("CREDENTIALS_VAULT-0").await.status, 404, "an unknown id does not use it up");
    let reply = world.delete(&id).await;
    assert_eq!((reply.status, reply.body.as_str()), (500, ""));
    assert_eq!(world.get(&id).await.status, 200);
    assert_eq!(world.delete(&id).await.status, 204);
}

#[tokio::test]
async fn a_delete_can_be_done_and_answered_with_500() {
    let world = World::new().await;
    let id = world.post(&token_set("a")).await.id();
    fault(&world, "500-after-store:on=DELETE");
    assert_eq!(world.delete(&id).await.status, 500);
    assert_eq!(world.get(&id).await.status, 404);
}

#[tokio::test]
async fn latency_delays_the_answer_and_not_the_deed() {
    let world = World::new().await;
    fault(&world, "latency=300ms");
    let start = Instant::now();
    world.list("").await;
    assert!(start.elapsed() >= Duration::from_millis(300));
    let impatient = crate::world::client().timeout(Duration::from_millis(100)).build().unwrap();
    let world = World { sandbox: world.sandbox, http: impatient };
    let error = world.try_send(Method::POST, CREDENTIALS, Some(&token_set("a")), None).await.unwrap_err();
    assert!(error.is_timeout());
    assert_eq!(world.sandbox.snapshot().len(), 1, "the client gave up, the server did not");
}

#[tokio::test]
async fn a_fault_for_one_method_leaves_the_others_and_the_lookup_alone() {
    let world = World::new().await;
    fault(&world, "429:on=POST:times=always");
    let look_up = async || {
        let body = json!({ "token": world.sandbox.token() });
        world.send(Method::POST, "/api/v2/apiTokens/lookup", Some(&body), None).await.status
    };
    assert_eq!((look_up().await, world.list("").await.status), (200, 200));
    for _ in 0..3 {
        assert_eq!(world.post(&token_set("a")).await.status, 429);
    }
    world.sandbox.faults().clear();
    fault(&world, "503:on=LOOKUP");
    assert_eq!(world.list("").await.status, 200);
    assert_eq!((look_up().await, look_up().await), (503, 200));
}

#[tokio::test]
async fn faults_come_in_the_order_they_were_set() {
    let world = World::new().await;
    for spec in ["503", "429", "500-transient", "html-200"] {
        fault(&world, spec);
    }
    let mut seen = Vec::new();
    for _ in 0..5 {
        seen.push(world.list("").await.status);
    }
    assert_eq!(seen, [503, 429, 500, 200, 200]);
}
