//! The words of the sample site: lists and sentences, all invented. Data only, no logic.
//!
//! A word in braces is a placeholder that `prose` fills. There, people's names become inline elements.

/// Harbour towns. Together with [`COUNTS`] they make the openings distinct, so that each opening has both
/// near its beginning.
pub(super) const PLACES: [&str; 30] = [
    "Keelhaven",
    "Saltmarrow",
    "Dunnock Bay",
    "Pellin Reach",
    "Garrowmouth",
    "Tern Ness",
    "Hollin Quay",
    "Wrackstead",
    "Little Ammer",
    "Ostmarsh",
    "Crane Island",
    "Lantern Point",
    "Varnsea",
    "Old Ferrow",
    "Cobblewater",
    "Skerrydown",
    "Netherstrand",
    "Gull Hythe",
    "Marrowby Sound",
    "Eastering",
    "Plover Sands",
    "Tidewater Hill",
    "Brackenholm",
    "Oarsby",
    "Silverslip",
    "Upper Dolven",
    "Fallowport",
    "Stannet Cove",
    "Merrin Locks",
    "Windle Bar",
];

/// Numbers in words.
pub(super) const COUNTS: [&str; 25] = [
    "seven",
    "nine",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
    "twenty-two",
    "twenty-four",
    "twenty-seven",
    "thirty",
    "thirty-three",
    "thirty-six",
    "forty",
    "forty-one",
    "forty-five",
    "forty-eight",
    "fifty",
    "fifty-four",
    "sixty",
    "seventy-two",
];

/// People of the harbour country.
pub(super) const PEOPLE: [&str; 20] = [
    "Odda Fenwright",
    "Tamsel Harrowgill",
    "Bren Castellow",
    "Ysolde Marrack",
    "Corin Spindrift",
    "Hetta Loamley",
    "Jorum Pilchard",
    "Wenna Tolliver-Reed",
    "Aldo Strake",
    "Merrial Quince",
    "Pasco Underhythe",
    "Linnet Ropewalk",
    "Gwillam Osier",
    "Sabra Tidemill",
    "Ruan Kettlewick",
    "Ebba Thornquay",
    "Davit Larchmere",
    "Isolt Barnacle",
    "Perran Holdfast",
    "Nell Saltonby",
];

/// Boats, in the plural.
pub(super) const BOATS: [&str; 12] = [
    "herring luggers",
    "pilot cutters",
    "sand barges",
    "oyster smacks",
    "mail boats",
    "flat-bottomed ferries",
    "survey launches",
    "crab boats",
    "timber ketches",
    "training skiffs",
    "salt hoys",
    "kelp punts",
];

/// Goods that the harbours make or ship.
pub(super) const GOODS: [&str; 14] = [
    "tarred rope",
    "smoked eel",
    "sailcloth",
    "lamp oil",
    "blue slate",
    "dried kelp",
    "barrel staves",
    "bell bronze",
    "sea salt",
    "pickled samphire",
    "copper nails",
    "cork floats",
    "net twine",
    "oak planking",
];

/// Parts of a harbour.
pub(super) const PARTS: [&str; 12] = [
    "the inner basin",
    "the long jetty",
    "the tide gate",
    "the fish hall",
    "the net loft",
    "the signal tower",
    "the dry dock",
    "the outer breakwater",
    "the chain ferry landing",
    "the chandlers’ row",
    "the weigh house",
    "the bonded cellars",
];

/// First sentences. Each has a place and a count among its first 130 characters.
pub(super) const OPENINGS: [&str; 16] = [
    "New moorings have been built at {place} for {count} {boats}, and the first of them tied up \
     there on the morning tide, an hour before the band had found its places.",
    "New moorings have been built along the inner wall of {place}, where {count} {boats} had been \
     lying two abreast since the winter storms took the old piles away.",
    "New moorings have been built in the lee of {place}; they hold {count} {boats} in any weather, \
     and the rings were cast from the harbour’s own scrap.",
    "{person}, harbour master of {place}, opened a slipway that takes {count} {boats} a week, twice \
     what the old one managed with the same hands and half the shouting.",
    "The rope walk at {place} has spun {count} leagues of line since the thaw, enough to moor every \
     one of the {boats} of the coast with a length to spare for the swings.",
    "A lighthouse school with {count} pupils has opened in {place}, where {person}, its first \
     teacher, will show them how to trim a wick and read a barometer.",
    "Dredgers have taken {count} thousand baskets of silt out of the channel at {place}, and \
     {boats} can again pass {part} at the lowest water of the year.",
    "The harbour council of {place} has agreed on {count} new lamps for {part}, after the crews of \
     the {boats} said that they “steer by the smell of the bakery” on dark nights.",
    "After {count} months of work the chain ferry of {place} is running again, and {person}, who \
     turned the wheel for the first crossing, let the children ring the bell.",
    "Oyster beds off {place} have given {count} cartloads in a single spring tide, and the weighers \
     of {part} had to borrow a second beam from the salt store.",
    "A chart of the shoals around {place}, drawn from {count} summers of soundings, hangs from \
     today in {part}, with every rock that has ever touched one of the {boats}.",
    "The night market of {place} drew {count} stalls on its first evening, and {goods} was sold out \
     before the lamps of {part} were lit.",
    "Shipwrights at {place} have laid {count} keels this season, more than in any year since \
     {person}, the yard’s eldest caulker, first picked up a mallet.",
    "In {place} a choir of {count} ferry hands has won the Bell Week prize with a round about \
     {goods}, written by {person}, who mends nets for a living.",
    "The tide mill of {place} ground {count} sacks of barley between two low waters, its best day \
     yet, and {person}, the miller, has asked for a second pair of stones.",
    "Harl & Daughters of {place} have delivered {count} coils of {goods} to the yards of the north \
     shore, a month before the day that was promised on the slate.",
];

/// The sentences after the first, in any order. Their number is prime, so that any step visits them all.
pub(super) const SENTENCES: [&str; 29] = [
    "“We measured twice and the sea measured a third time,” said {other}, who keeps the accounts.",
    "The work cost less than planned, because the timber came from {part}.",
    "Visitors may see it on the first market day of every month, if the wind allows.",
    "{other}, who has worked in {place} for {count} years, called it “the best sort of ordinary”.",
    "Most of the {goods} that leaves the country passes this way before the autumn gales.",
    "A second stage, which includes {part}, is to follow when the geese have gone.",
    "Crews of the {boats} have asked that the bell be rung in fog as well as at noon.",
    "The harbour office has put a drawing of it on the wall beside the tide table.",
    "{person}, thanked by everyone, said that the thanks belong to the ones who carried the stones.",
    "Boats with a draught < 3 fathoms need not wait for the flood any longer.",
    "The old timbers were not burnt; they will be benches along {part}.",
    "On the first evening there was soup for all hands, and {other}, as is usual, burnt the bread.",
    "The pilots’ guild has checked the marks and found them true to a hand’s breadth.",
    "Nobody can remember a quieter opening, which the council takes for praise.",
    "Apprentices of the yard did a third of the work & signed their names under the lowest plank.",
    "A small museum of knots is planned next door, with a table where one may try them.",
    "Prices for {goods} have hardly moved since, the weigh house reports.",
    "“It leaks only where we meant it to,” {person} told the Wire.",
    "The ferry to {place} runs every hour until the lamps are out, and later on feast days.",
    "Swans have already settled on the new piles and will not be asked to leave.",
    "The tide gauge was moved a little to the west, and {other}, its keeper, moved with it.",
    "More than {count} letters of good wishes came from the islands, most of them damp.",
    "The paint is the green of the old lifeboats, mixed after a flake found in {part}.",
    "Schools along the coast have been sent a wooden model that floats the right way up.",
    "If the winter is mild, the {boats} may stay in the water all year.",
    "The council will look at the figures again when the herring have come and gone.",
    "A bottle with the names of all workers was set into the wall and sealed with pitch.",
    "The harbour cat, asked for a view, slept through the speeches.",
    "Anyone who lost a mitten at the opening may ask for it in {part}.",
];

/// Kinds of notices about a berth. With a place and a berth's number, their titles are distinct.
pub(super) const NOTICES: [&str; 12] = [
    "Berth {berth} at {place} closed to deep keels until the evening tide",
    "Berth {berth} at {place} open again after dredging",
    "Unlit buoy reported off berth {berth}, {place}",
    "Crane at berth {berth} of {place} out of service for greasing",
    "Fresh water tap at berth {berth}, {place}, turned off while pipes are changed",
    "Rope & chain sale beside berth {berth} of {place}",
    "Pilot’s ladder found at berth {berth}, {place}",
    "Fenders renewed at berth {berth} of {place}",
    "Speed < 4 knots asked for near berth {berth}, {place}",
    "Swan’s nest at berth {berth} of {place}: please moor elsewhere",
    "Soundings for berth {berth} at {place} now on the board",
    "Timber adrift between berth {berth} and the mole, {place}",
];

/// A kind of product in the shop.
#[derive(Clone, Copy)]
pub(super) struct ProductKind {
    /// The name of the kind, which is also that of its picture.
    pub(super) name: &'static str,
    /// The tags of its products.
    pub(super) tags: [&'static str; 2],
    /// The background colour of its picture, in CSS notation.
    pub(super) colour: &'static str,
}

/// The kinds of products that the shop sells.
pub(super) const PRODUCT_KINDS: [ProductKind; 8] = [
    ProductKind { name: "lantern", tags: ["light", "brass"], colour: "#c98a1b" },
    ProductKind { name: "kettle", tags: ["galley", "copper"], colour: "#a6532a" },
    ProductKind { name: "jersey", tags: ["clothing", "wool"], colour: "#2d4a73" },
    ProductKind { name: "hammock", tags: ["cabin", "canvas"], colour: "#8a7a55" },
    ProductKind { name: "compass", tags: ["navigation", "brass"], colour: "#7a5c1e" },
    ProductKind { name: "oilskin", tags: ["clothing", "weather"], colour: "#b3a12c" },
    ProductKind { name: "barometer", tags: ["navigation", "weather"], colour: "#4f6d7a" },
    ProductKind { name: "fender", tags: ["deck", "rope"], colour: "#6b4a35" },
];

/// Adjectives in the names of products.
pub(super) const ADJECTIVES: [&str; 12] = [
    "Ferryman’s",
    "Folding",
    "Second-hand",
    "Twice-tarred",
    "Small",
    "Storm-proof",
    "Sunday",
    "Pilot’s",
    "Heavy",
    "Rare",
    "Mended",
    "Left-handed",
];
