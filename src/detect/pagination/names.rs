//! Names of links to the next page, in many languages.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Texts of links to the next or older page, in small letters.
static NEXT: LazyLock<HashSet<&str>> = LazyLock::new(|| HashSet::from(WORDS_OF_NEXT));
const WORDS_OF_NEXT: [&str; 79] = [
    "next",
    "next page",
    "older",
    "older posts",
    "older entries",
    "older articles",
    "older stories",
    "more",
    "load more",
    "show more",
    "more articles",
    "more news",
    "weiter",
    "nächste",
    "nächste seite",
    "ältere",
    "ältere beiträge",
    "mehr",
    "suivant",
    "suivante",
    "page suivante",
    "plus ancien",
    "siguiente",
    "página siguiente",
    "más antiguos",
    "seguinte",
    "próxima",
    "próximo",
    "página seguinte",
    "mais antigos",
    "successiva",
    "successivo",
    "avanti",
    "volgende",
    "meer",
    "nästa",
    "nästa sida",
    "neste",
    "næste",
    "seuraava",
    "następna",
    "następne",
    "dalej",
    "starsze",
    "další",
    "ďalšie",
    "következő",
    "următoarea",
    "înainte",
    "далее",
    "следующая",
    "вперёд",
    "ещё",
    "наступна",
    "далі",
    "следваща",
    "επόμενη",
    "sonraki",
    "sonraki sayfa",
    "daha fazla",
    "التالي",
    "المزيد",
    "بعدی",
    "הבא",
    "下一页",
    "下一頁",
    "下页",
    "次へ",
    "次のページ",
    "もっと見る",
    "다음",
    "더보기",
    "अगला",
    "পরবর্তী",
    "ถัดไป",
    "trang sau",
    "tiếp",
    "selanjutnya",
    "berikutnya",
];
/// Signs around the word, or instead of it.
pub(super) const SIGNS: &[char] = &['›', '»', '→', '>', '▶', '⟩', '…', ' ', '\u{a0}'];

/// Whether a text says that a link leads to the next page.
pub(super) fn is_name_of_next(name: &str) -> bool {
    NEXT.contains(name.to_lowercase().trim_matches(SIGNS))
}

/// Whether a word is one of several; case does not count.
pub(super) fn is_one_of(word: &str, words: &[&str]) -> bool {
    words.iter().any(|other| word.eq_ignore_ascii_case(other))
}
