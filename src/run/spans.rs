//! Runs, and the requests of runs and articles, as spans. No span has the text of a trouble, as that may name
//! addresses.

use tracing::field::Empty;
use tracing::{Instrument, Span};

use crate::fetch::{Answer, FetchFailure, Fetcher, Request};
use crate::model::{FeedId, Outcome, RunRecord};

/// The span of a run that begins.
pub(super) fn of_run(feed: &FeedId) -> Span {
    tracing::info_span!(
        "run",
        feed.id = %feed,
        run.outcome = Empty,
        run.trouble = Empty,
        found = Empty,
        added = Empty,
        changed = Empty,
        bytes = Empty,
        otel.status_code = Empty,
    )
}

/// Notes how a run ended. Without a record, its end could not be written.
pub(super) fn note_run(span: &Span, record: Option<&RunRecord>) {
    let trouble = match record.map(|record| &record.outcome) {
        Some(Outcome::Failed(trouble)) => Some(trouble.kind.name()),
        _ => None,
    };
    if record.is_none() || trouble.is_some() {
        note_failure(span);
    }
    let Some(record) = record else { return };
    span.record("run.outcome", record.outcome.name());
    span.record("run.trouble", trouble);
    // A number without a sign would be exported as a text.
    span.record("found", i64::from(record.found));
    span.record("added", i64::from(record.added));
    span.record("changed", i64::from(record.changed));
    span.record("bytes", record.bytes.cast_signed());
}

/// The span of the end of a run or an article, while it is written.
pub(super) fn of_store() -> Span {
    tracing::info_span!("store", otel.status_code = Empty)
}

/// Does work within a span, which says if the work has failed. The span must have the field `otel.status_code`.
pub(super) async fn within<T, E>(span: Span, work: impl Future<Output = Result<T, E>>) -> Result<T, E> {
    let done = work.instrument(span.clone()).await;
    if done.is_err() {
        note_failure(&span);
    }
    done
}

/// Notes that the work of a span has failed.
pub(super) fn note_failure(span: &Span) {
    span.record("otel.status_code", "ERROR");
}

/// Fetches a page within a span. Of the address, the span has only the host: the rest may be secret.
pub(super) async fn fetched(fetcher: &dyn Fetcher, request: &Request) -> Result<Answer, FetchFailure> {
    let span = tracing::info_span!(
        "fetch",
        server.address = request.url.host_str(),
        http.request.method = method(request),
        http.response.status_code = Empty,
        bytes = Empty,
        run.trouble = Empty,
        otel.kind = "client",
        otel.status_code = Empty,
    );
    let answer = fetcher.fetch(request).instrument(span.clone()).await;
    note_answer(&span, &answer);
    answer
}

const fn method(request: &Request) -> &'static str {
    match request {
        Request { head_only: true, .. } => "HEAD",
        Request { post: Some(_), .. } => "POST",
        _ => "GET",
    }
}

/// Notes how a fetch ended. The fetcher has noted the status of an answer that is no failure.
fn note_answer(span: &Span, answer: &Result<Answer, FetchFailure>) {
    match answer {
        Ok(Answer::Unchanged { bytes, .. }) => {
            span.record("bytes", bytes.cast_signed());
        }
        Ok(Answer::Fetched(fetched)) => {
            span.record("bytes", fetched.bytes.cast_signed());
        }
        Err(failure) => {
            span.record("http.response.status_code", failure.trouble.status().map(i64::from));
            span.record("bytes", failure.bytes.cast_signed());
            span.record("run.trouble", failure.trouble.kind.name());
            note_failure(span);
        }
    }
}
