//! What is sent is what a worker is given.

use std::time::Duration;

use aws_sdk_sqs::{
    Client,
    config::{BehaviorVersion, Builder},
};
use notewarden_domain::{ports::WorkQueue, work::Work};
use notewarden_sqs::SqsQueue;
use notewarden_testkit::aws;

use crate::support::{QUICK, config, works};

#[tokio::test]
#[ignore = "needs a stand-in for AWS; `cargo xtask test` runs it"]
async fn a_worker_is_given_what_was_sent() {
    let config = config(&aws::endpoint(), "us-east-1");
    let builder = Builder::from(&config).behavior_version(BehaviorVersion::latest());
    let client = Client::from_conf(builder.build());
    let name = format!("work-{}", std::process::id());
    let created = client.create_queue().queue_name(name).send().await;
    let url = created.unwrap().queue_url.unwrap();
    let queue = SqsQueue::tuned(&config, &url, &QUICK);
    for work in works() {
        queue.send(&work, Duration::ZERO).await.unwrap();
        let received = client.receive_message().queue_url(&url).send().await;
        let received = received.unwrap();
        let [message] = received.messages() else {
            panic!("one message was sent: {received:?}")
        };
        assert_eq!(message.body().unwrap().parse::<Work>().unwrap(), work);
    }
    let delayed = Duration::from_secs(900);
    queue.send(&works()[0], delayed).await.unwrap();
    let received = client.receive_message().queue_url(&url).send().await;
    assert!(received.unwrap().messages().is_empty(), "it is seen early");
    client.delete_queue().queue_url(&url).send().await.unwrap();
}
