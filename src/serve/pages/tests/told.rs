//! Events and deliveries on a feed's page.

use super::*;

#[test]
fn events_are_told_in_words_without_detail() {
    let events = [
        event(EventKind::Silent, None),
        event(EventKind::Recovered, Some(TroubleKind::Timeout)),
        event(EventKind::Trouble, Some(TroubleKind::Timeout)),
    ];
    let page = told_of(&head("h", "Harbour"), &events, &[]);
    check_structure(&page);
    check_says(&page, "1 hour ago Harbour: no new item for 3 hours");
    check_says(&page, "Harbour is fine again after 3 hours");
    check_says(&page, "Harbour: the site did not answer in time");
    assert!(!page.contains("hunter2") && !page.contains("id=\"deliveries\""));
    let many = vec![event(EventKind::Silent, None); 30];
    assert_eq!(told_of(&head("h", "H"), &many, &[]).matches("<th class=\"name\"").count(), MAX_EVENTS);
}

#[test]
fn deliveries_keep_targets_to_themselves() {
    let deliveries = [
        delivery("phone", MessageState::Waiting, 0),
        delivery("phone", MessageState::Waiting, 2),
        delivery("mail", MessageState::Sent, 1),
        delivery("mail", MessageState::Dead, 9),
    ];
    let page = told_of(&head("h", "Harbour"), &[], &deliveries);
    check_structure(&page);
    check_says(&page, "2 hours ago phone on its way 0");
    check_says(&page, "2 hours ago phone waits to be tried again 2");
    check_says(&page, "2 hours ago mail sent 1");
    check_says(&page, "2 hours ago mail given up 9");
    assert!(!page.contains("hunter2") && !page.contains("ntfy.example.org"));
    assert!(!page.contains("id=\"events\""));
    let many = vec![delivery("mail", MessageState::Sent, 1); 30];
    let rows = told_of(&head("h", "H"), &[], &many).matches("<th class=\"name\"").count();
    assert_eq!(rows, MAX_DELIVERIES);
}
