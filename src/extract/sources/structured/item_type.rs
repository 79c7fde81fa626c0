//! The types of schema.org that are items of a listing.

/// Whether a type, by its name or address, is that of an item.
pub(crate) fn is_item(kind: &str) -> bool {
    let name = kind.rsplit(['/', '#', ':']).next().unwrap_or(kind).to_ascii_lowercase();
    name.ends_with("article")
        || name.ends_with("posting")
        || name.ends_with("event")
        || name.ends_with("episode")
        || matches!(
            name.as_str(),
            "report"
                | "recipe"
                | "videoobject"
                | "audioobject"
                | "review"
                | "product"
                | "book"
                | "movie"
                | "dataset"
                | "course"
                | "howto"
                | "creativework"
                | "podcastepisode"
                | "discussionforumposting"
                | "question"
        )
}
