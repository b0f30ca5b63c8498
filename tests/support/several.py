"""A small world of its own, in which most questions need more than one document.

Films and their makers, a bridge and its engineer, a ferry and its owners, two papers that differ;
beside them, makers of other films, whose biographies resemble those that are asked for.
"""

from index.load.origins import Origin
from index.models import Metadata

_FILMS = {
    "The Long Pier": "a drama of 1987 about a ferry crew in winter, directed by Ana Roth and "
    "produced by Salt Pictures",
    "Salt Roads": "a thriller of 1994, written and directed by Piet Halvorsen, with music by "
    "Ines Corda",
    "Two Lanterns": "a comedy of 1979 directed by Bo Lindqvist, which was shot in four weeks",
    "The Glass Orchard": "a drama of 2003 directed by Clara Menz and starring Per Aune",
    "Northern Tram": "a documentary of 1966 directed by Ruth Askari about the last tram drivers",
    "Cold Harvest": "a thriller of 1991 directed by Emil Danek, the third of his career",
    "A Door in Varn": "a romance of 2010 directed by Silje Mork and produced by Kestrel Films",
    "The Quiet Turbine": "a drama of 1999 directed by Otto Weil about a power station",
}
_LIVES = {
    "Ana Roth": "(born 4 March 1949 in Vellby) grew up above her father's bakery and paints now.",
    "Piet Halvorsen": "(12 May 1938 – 2 June 2011) was a teacher first. He died in Torsnes.",
    "Ines Corda": "is a cellist. She was born in Lunara in 1961 and still teaches there.",
    "Bo Lindqvist": "(born 9 July 1931 in Grenna) was trained as a clown. He died in Osk in 1990.",
    "Clara Menz": "(born 1 May 1966 in Tarp) began as an editor and has made four pictures.",
    "Ruth Askari": "(born 30 June 1920 in Holm) filmed for the radio service. She died in Tarp.",
    "Emil Danek": "(born 17 August 1944 in Brod) is a former boxer with a weakness for storms.",
    "Silje Mork": "(born 5 October 1972 in Varn) studied law. Her films are mostly set at home.",
    "Otto Weil": "(born 21 April 1950 in Osk) was an electrician and made films in his holidays.",
}
_OTHERS = [
    (
        "Eastmere Bridge",
        "Harbour Gazette",
        "The Eastmere Bridge was opened in 1911. It was designed by the engineer Karl Voss and "
        "carries 9,000 cars a day.",
    ),
    (
        "Flood at the cannery",
        "Salt Post",
        "In 1911 the cannery in Grenna stood under water for nine days.",
    ),
    (
        "Karl Voss",
        "Lives",
        "Karl Voss learned his trade in the shipyards. He is buried in Grenna, where his daughter "
        "had settled.",
    ),
    (
        "Aurelia",
        "Harbour Gazette",
        "The Aurelia is a ferry of 1,200 tons. It has been owned by Tellus Shipping since 2004 and "
        "sails between Eastmere and Varn.",
    ),
    (
        "Tellus Shipping",
        "Trade Register",
        "Tellus Shipping was founded by Jon Tarn in 1988. Its headquarters stand in Torsnes.",
    ),
    (
        "Jon Tarn",
        "Lives",
        "Jon Tarn was convicted of fraud in 2013 and spent two years in prison.",
    ),
    (
        "Mara Lind",
        "Lives",
        "Mara Lind has been mayor of Eastmere since 2015. She is married to Tomas Reeve, with whom "
        "she has a son.",
    ),
    (
        "Tomas Reeve",
        "Lives",
        "Tomas Reeve studied law in Lunara and sits as a judge at the maritime court.",
    ),
    (
        "Mount Orr",
        "Atlas",
        "Mount Orr rises to 1,840 metres above the northern valley and is climbed every summer.",
    ),
    (
        "Mount Vey",
        "Atlas",
        "Mount Vey, a dead volcano of 2,015 metres, stands alone on the plain near Brod.",
    ),
    (
        "Fire on the night boat",
        "Harbour Gazette",
        "The fire on the night boat injured 14 people, the Gazette learned from the hospital. "
        "Smoke was seen from the shore at two in the morning.",
    ),
    (
        "Night boat: what we know",
        "Salt Post",
        "After the fire on the night boat the Post counted 19 injured people, among them three "
        "of the crew.",
    ),
    (
        "Rents in Torsnes",
        "Trade Register",
        "Rents in Torsnes rose by four percent last year, less than the wages of its dockers.",
    ),
    (
        "Rents in Grenna",
        "Trade Register",
        "Rents in Grenna fell for the second year, as the cannery closed and families left.",
    ),
]


def world() -> list[Origin]:
    """All documents; the source of each is ``upload:TITLE``."""
    rows = [(title, "Film Notes", f"{title} is {what}.") for title, what in _FILMS.items()]
    rows += [(name, "Lives", f"{name} {what}") for name, what in _LIVES.items()]
    return [_origin(*row) for row in (*rows, *_OTHERS)]


def _origin(title: str, outlet: str, text: str) -> Origin:
    data = text.encode()
    given = Metadata(title=title, outlet=outlet)
    return Origin(f"upload:{title}", f"{title}.txt", given, data=data, size=len(data))


QUESTIONS = [
    ("Where was the director of The Long Pier born?", ["The Long Pier", "Ana Roth"]),
    ("where was the director of the film the long pier born", ["The Long Pier", "Ana Roth"]),
    ("Where was the composer of Salt Roads born?", ["Salt Roads", "Ines Corda"]),
    ("What weakness does the director of “Cold Harvest” have?", ["Cold Harvest", "Emil Danek"]),
    ("Where did the director of Two Lanterns die?", ["Two Lanterns", "Bo Lindqvist"]),
    ("What did the director of A Door in Varn study?", ["A Door in Varn", "Silje Mork"]),
    ("Where is the engineer of the Eastmere Bridge buried?", ["Eastmere Bridge", "Karl Voss"]),
    ("Where are the headquarters of the owner of the Aurelia?", ["Aurelia", "Tellus Shipping"]),
    ("Of what was the founder of Tellus Shipping convicted?", ["Tellus Shipping", "Jon Tarn"]),
    (
        "What stood under water in the year in which the Eastmere Bridge was opened?",
        ["Eastmere Bridge", "Flood at the cannery"],
    ),
    ("What did Mara Lind's husband study?", ["Mara Lind", "Tomas Reeve"]),
    ("At which court does the husband of the mayor Mara Lind sit?", ["Mara Lind", "Tomas Reeve"]),
    (
        "Which film has the older director, The Long Pier or Two Lanterns?",
        ["The Long Pier", "Two Lanterns", "Ana Roth", "Bo Lindqvist"],
    ),
    (
        "Are the directors of Northern Tram and The Quiet Turbine from the same town?",
        ["Northern Tram", "The Quiet Turbine", "Ruth Askari", "Otto Weil"],
    ),
    (
        "Who was born first, the director of The Glass Orchard or the director of Cold Harvest?",
        ["The Glass Orchard", "Cold Harvest", "Clara Menz", "Emil Danek"],
    ),
    ("Which is higher, Mount Orr or Mount Vey?", ["Mount Orr", "Mount Vey"]),
    ("is mount vey higher than mount orr", ["Mount Orr", "Mount Vey"]),
    ("Who is older, Silje Mork or Otto Weil?", ["Silje Mork", "Otto Weil"]),
    (
        "How do the Gazette and the Post differ on the number of injured people?",
        ["Fire on the night boat", "Night boat: what we know"],
    ),
    ("How do rents in Torsnes compare to Grenna?", ["Rents in Torsnes", "Rents in Grenna"]),
    ("Were Bo Lindqvist and Ruth Askari both trained as clowns?", ["Bo Lindqvist", "Ruth Askari"]),
]
"""Questions with the titles of the documents that together answer them."""

PLAIN = [
    "How many cars cross the bridge each day?",
    "what is the weight of the ferry",
    "Why did rents fall when the cannery closed?",
]
"""Questions that one search is enough for."""
