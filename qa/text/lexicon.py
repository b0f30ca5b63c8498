"""Closed lists of English words that the readers of text need; data without behaviour.

Function words, irregular forms and the names of months are few and known, so they are written down
here; anything open-ended (what a common word is, what a name is) is worked out in
:mod:`qa.text.words`. Texts in other languages pass through unharmed, with less understood.
"""

# ruff: noqa: SIM905 -- lists of this length read better as text

from __future__ import annotations

STOP_WORDS = frozenset(
    """
    a an the this that these those such same other another each every either neither both all
    any some most more much many few several enough own i me my mine myself we us our ours
    ourselves you your yours yourself yourselves he him his himself she her hers herself it its
    itself they them their theirs themselves one ones who whom whose which what where when why
    how whoever whatever whenever wherever whether am is are was were be been being do does did
    doing done have has had having will would shall should can could may might must ought need
    let not no nor never none cannot and or but so yet if then else than though although because
    since unless until while as about above across after against along among around at before
    behind below beneath beside besides between beyond by despite down during except for from in
    inside into like near of off on onto out outside over past per through throughout till to
    toward towards under up upon via with within without amid amidst also again already just
    only even still ever too very quite rather almost nearly here there now however therefore
    thus hence moreover meanwhile indeed instead perhaps maybe well i'm i've i'll i'd you're
    you've you'll you'd he's he'll he'd she's she'll she'd it's it'll it'd we're we've we'll
    we'd they're they've they'll they'd that's that'll there's who's what's let's isn't aren't
    wasn't weren't don't doesn't didn't haven't hasn't hadn't won't wouldn't shan't shouldn't
    can't couldn't mustn't mightn't needn't ain't
    """.split()
)
"""Words that carry grammar and not content."""

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan"),
            ("february", "feb"),
            ("march", "mar"),
            ("april", "apr"),
            ("may",),
            ("june", "jun"),
            ("july", "jul"),
            ("august", "aug"),
            ("september", "sept", "sep"),
            ("october", "oct"),
            ("november", "nov"),
            ("december", "dec"),
        ),
        1,
    )
    for name in names
}
"""Month names and their usual abbreviations, with the month's number."""

WEEKDAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday".split())
"""Names of the days of the week."""

TITLES = frozenset(
    "mr mrs ms dr prof gen col lt sgt capt cmdr adm maj gov sen rep rev hon st jr sr no vs".split()
)
"""Abbreviations that end in a full stop without ending the sentence."""

NAME_JOINTS = frozenset(
    "of de del della di da do dos das du des la le les von van der den zu bin ibn al for".split()
)
"""Small words that may stand inside a name."""

IRREGULAR_FORMS = dict(
    pair.split("=")
    for pair in """
    ate=eat eaten=eat beaten=beat became=become began=begin begun=begin bent=bend bit=bite
    bitten=bite bled=bleed blew=blow blown=blow bore=bear borne=bear bought=buy bound=bind
    broke=break broken=break brought=bring built=build burnt=burn came=come caught=catch
    chose=choose chosen=choose clung=cling crept=creep dealt=deal drank=drink drunk=drink
    drawn=draw drew=draw driven=drive drove=drive dug=dig fallen=fall fell=fall fed=feed
    felt=feel fled=flee flew=fly flown=fly forbade=forbid forbidden=forbid forgave=forgive
    forgiven=forgive forgot=forget forgotten=forget fought=fight found=find froze=freeze
    frozen=freeze gave=give given=give goes=go gone=go went=go got=get gotten=get grew=grow
    grown=grow heard=hear held=hold hid=hide hidden=hide hung=hang kept=keep knelt=kneel
    knew=know known=know laid=lay led=lead left=leave lent=lend lit=light lost=lose made=make
    meant=mean met=meet overcame=overcome overthrew=overthrow overthrown=overthrow paid=pay
    ran=run rang=ring rung=ring ridden=ride rode=ride risen=rise rose=rise said=say sang=sing
    sung=sing sank=sink sunk=sink sat=sit saw=see seen=see sent=send shaken=shake shook=shake
    shone=shine shot=shoot shown=show shrank=shrink shrunk=shrink slept=sleep slid=slide
    sold=sell sought=seek sped=speed spent=spend spoke=speak spoken=speak spun=spin stole=steal
    stolen=steal stood=stand stuck=stick struck=strike stricken=strike swam=swim swore=swear
    sworn=swear swept=sweep swung=swing taken=take took=take taught=teach tore=tear torn=tear
    thought=think threw=throw thrown=throw told=tell understood=understand undertook=undertake
    undertaken=undertake upheld=uphold withdrew=withdraw withdrawn=withdraw withheld=withhold
    withstood=withstand woke=wake won=win wore=wear worn=wear wound=wind written=write
    wrote=write men=man women=woman children=child people=person feet=foot teeth=tooth
    mice=mouse geese=goose criteria=criterion phenomena=phenomenon crises=crisis
    analyses=analysis bases=base wives=wife lives=life knives=knife thieves=thief halves=half
    died=die dying=die lay=lie lain=lie lying=lie tied=tie
    """.split()
)
"""Irregular inflected forms with their base form; the stemmer handles the regular ones."""

DEMONYMS = dict(
    pair.split("=")
    for pair in """
    french=france frenchman=france polish=poland pole=poland poles=poland spanish=spain
    spaniard=spain swedish=sweden swede=sweden danish=denmark dane=denmark dutch=netherlands
    swiss=switzerland finnish=finland finn=finland irish=ireland scottish=scotland welsh=wales
    english=england british=britain greek=greece greeks=greece turk=turkey turks=turkey
    german=germany germans=germany portuguese=portugal thai=thailand philippine=philippines
    filipino=philippines filipinos=philippines cypriot=cyprus peruvian=peru norwegian=norway
    afghan=afghanistan afghans=afghanistan kazakh=kazakhstan uzbek=uzbekistan tajik=tajikistan
    kyrgyz=kyrgyzstan turkmen=turkmenistan burmese=burma argentine=argentina ukrainian=ukraine
    ukrainians=ukraine icelandic=iceland emirati=emirates croat=croatia serb=serbia serbs=serbia
    slovak=slovakia slovene=slovenia lao=laos nepali=nepal belgian=belgium belgians=belgium
    nigerian=nigeria nigerians=nigeria nigerien=niger asian=asia asians=asia
    """.split()
)
"""Words for peoples and things of a country that no regular ending explains."""

ALIASES = dict(
    pair.split("=")
    for pair in """
    us=america usa=america uk=britain eu=european uae=emirates un=nations
    """.split()
)
"""Common initials, with a word of what they stand for."""

ROLES = frozenset(
    """
    president vice prime minister ministry foreign defense defence secretary general chancellor king
    queen prince princess crown supreme leader senator governor mayor director chairman chairwoman
    chief spokesman spokeswoman spokesperson ambassador commander colonel captain admiral professor
    doctor judge justice sir lord lady premier deputy former elect mr mrs ms dr
    """.split()
)
"""Words of office that come and go with a name and do not identify who it is."""

CAPITALS = {
    capital: country.replace("_", " ")
    for capital, country in (
        pair.split("=")
        for pair in """
        abuja=nigeria addis=ethiopia algiers=algeria amman=jordan ankara=turkey athens=greece
        baghdad=iraq baku=azerbaijan bangkok=thailand beijing=china beirut=lebanon belgrade=serbia
        berlin=germany bern=switzerland bogota=colombia bratislava=slovakia bucharest=romania
        budapest=hungary cairo=egypt canberra=australia caracas=venezuela chisinau=moldova
        copenhagen=denmark damascus=syria delhi=india dhaka=bangladesh doha=qatar dublin=ireland
        hanoi=vietnam havana=cuba helsinki=finland islamabad=pakistan jakarta=indonesia
        kabul=afghanistan khartoum=sudan kiev=ukraine kinshasa=congo kremlin=russia kyiv=ukraine
        lima=peru lisbon=portugal ljubljana=slovenia london=britain madrid=spain manila=philippines
        minsk=belarus moscow=russia nairobi=kenya oslo=norway ottawa=canada paris=france
        prague=czech pretoria=south_africa pyongyang=north_korea riga=latvia riyadh=saudi_arabia
        rome=italy santiago=chile sanaa=yemen seoul=south_korea skopje=macedonia sofia=bulgaria
        stockholm=sweden taipei=taiwan tallinn=estonia tbilisi=georgia tehran=iran tirana=albania
        tokyo=japan tripoli=libya tunis=tunisia vienna=austria vilnius=lithuania warsaw=poland
        washington=america yerevan=armenia zagreb=croatia
        """.split()
    )
}
"""Capitals, which texts use for the country or its government, with the country."""

KINDRED = """
husband wife spouse married marry marriage widow widower consort partner
father mother parent son daughter child
grandfather grandmother grandparent grandson granddaughter grandchild father mother son daughter
law husband wife married marriage father mother son daughter
brother sister sibling half twin son daughter
uncle aunt nephew niece brother sister son daughter
director directed directing
composer composed music score soundtrack
performer performed singer sung song recorded band
author writer written wrote novel book
founder founded established
owner owned bought acquired
employer works worked
maker made built manufactured
"""
"""Words that tell of one relation from either end, one relation a line: who has a father is a son
or a daughter. They say where in a passage to look for a name, never what it means."""

LIGHT_WORDS = frozenset(
    """
    get come go mean meaning call take make do give put use happen become begin name part kind
    type sort way thing many three two four
    """.split()
)
"""Words that say little by themselves: that a passage lacks them does not show that it lacks what
is asked."""

AGES = frozenset("older oldest younger youngest elder eldest newer newest".split())
"""Words that compare ages."""

BEGINNINGS = frozenset("born birth age aged opened founded established built created".split())
"""Words that tell when somebody or something began."""

PLACES = frozenset("country nationality town city place village state region citizenship".split())
"""Words that ask where somebody or something is from, or is."""
