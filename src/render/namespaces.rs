//! XML namespaces of the extensions that documents use.

/// Namespace of Media RSS 1.5.1. RSS and Atom documents both use it for pictures.
pub(super) const MEDIA_NAMESPACE: &str = "http://search.yahoo.com/mrss/";

/// Namespace of podcasts (Apple's specification). RSS itself has no elements for them.
pub(super) const ITUNES_NAMESPACE: &str = "http://www.itunes.com/dtds/podcast-1.0.dtd";
