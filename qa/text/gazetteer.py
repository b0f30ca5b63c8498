"""Closed lists of names and nouns by which a pronoun or a short phrase is told apart; data only.

Given names decide whether a name is a person's and of which gender, where nothing else does; a name
that men and women share is in neither list. Countries decide what "the two countries" can mean.
"""

# ruff: noqa: SIM905 -- lists of this length read better as text

from __future__ import annotations

MEN = frozenset(
    """
    aaron abdullah abraham adam adolf adrian ahmad ahmed alan albert alberto aleksandr alessandro
    alexander alexandre alexei alfonso alfred ali alistair allan allen alvin amir anatoly anders
    andré andre andreas andrei andrew andrey andrzej angus anthony anton antonio antonin arkady
    arnold arthur arturo ashraf augustus barack barry bartholomew bashar ben benedict benito
    benjamin bernard bernd bernie bertrand bill björn bob boris brad brandon brendan brian bruce
    bruno bryan byron caleb calvin carl carlo carlos cedric cesar charles charlie chester christian
    christoph christopher chuck clarence clark claude clement clifford clint clive colin conrad
    craig cyril damian damien dan daniel danny dario darren dave david dean dennis denis derek
    desmond detlef dick diego dieter dimitri dirk dmitri dmitry dominic don donald doug douglas
    duncan dwayne dwight eamon ed eddie edgar edmund eduardo edward edwin egon elias elijah elliot
    elon emil emilio emmanuel enrico enrique eric erich erik ernest ernst erwin ethan eugene evan
    evgeny felix ferdinand fernando fidel finn florian floyd francesco francisco franco francois
    françois frank franklin franz fred frederick friedrich fritz fyodor gabriel galileo gary gavin
    gennady geoff geoffrey georg george georges gerald gerard gerhard gianni gilbert giovanni
    giuseppe glenn gordon graham greg gregory guido guillermo günter gunter gustav guy hamid hans
    harald hardy harold harry hasan hassan heinrich helmut henri henrik henry herbert herman hermann
    horace horst howard hugh hugo hussein ian ibrahim igor ilya immanuel ingmar isaac ismail ivan
    jack jacob jacques jaime jake jakob james jamie jan janos jared jason javier jay jeff jeffrey
    jeremy jerome jerry jim jimmy joachim joaquin joe joel johan johann johannes john johnny jonas
    jonathan jorge jose josef joseph josh joshua josip juan jules julian julio julius jürgen justin
    kamal karel karim karl keith ken kenneth kevin khalid klaus konrad konstantin kurt kyle lance
    larry lars laurence lawrence lech leo leon leonard leonardo leonid leopold leroy leslie lester
    lev levi lewis liam linus lionel lloyd lorenzo lothar lou louis luc luca lucas ludwig luigi luis
    lukas luke lyndon magnus mahmoud malcolm manfred manuel marcel marcello marco marcus mario
    marius mark markus martin marvin masoud mathew matt matteo matthew matthias maurice max
    maximilian mehdi mehmet michael michel mick miguel mikael mike mikhail miles milo milton mitch
    mitt mohamed mohammad mohammed mohandas moritz moses muhammad murray mustafa narendra nathan
    nathaniel ned neil nelson nicholas nick nicolas nigel nikita nikolai nikolay noah noel norbert
    norman olaf oleg oliver olivier omar orlando orson oscar osama oskar oswald otto owen pablo
    paolo pascal pat patrick paul pavel pedro percy pete peter petr phil philip philippe phillip
    pierre pietro piotr placido pyotr qasem rafael raffaele rainer ralph ramon randy raphael rashid
    raul ray raymond recep reinhard rené reza ricardo richard rick rob robert roberto rodney rodrigo
    roger roland rolf roman romano ron ronald rory ross roy rudolf rupert rustam saddam salman
    salvador sam samuel saul scott sean sebastian serge sergei sergey sergio seth shane sidney
    siegfried sigmund silvio simon solomon spencer stalin stan stanislav stanley stefan stephan
    stephen sterling steve steven stewart stuart sven sylvester tariq ted terence terry thaddeus
    theodore thomas tim timothy tobias todd tom tomas tommy tony travis trevor tristan truman ulrich
    umberto uwe václav vaclav valentin valery vasily victor viktor vince vincent vincenzo vitaly
    vito vladimir volodymyr volker vyacheslav wade waldo wallace walter warren wayne werner wilbur
    wilfred wilhelm will willem william winston wolfgang woodrow xavier yasser yuri yusuf yves
    zachary
    """.split()
)
"""Given names of men, in the form in which words are looked up."""

WOMEN = frozenset(
    """
    abigail ada adele adriana agatha agnes aisha alexandra alice alicia alina alison amanda amelia
    amy ana anastasia andrea angela angelina anita ann anna annabel anne annette annie antonia
    astrid audrey aung ava barbara beatrice belinda benazir bertha beth betty beyonce bianca birgit
    bonnie brenda bridget brigitte camilla candice carla carmen carol carolina caroline carolyn
    catherine cecilia celia charlotte chelsea cheryl chiara christina christine cindy claire clara
    claudia cleopatra colleen condoleezza constance consuelo cora cristina cynthia daisy dalia
    daniela danielle daphne deborah debra delia denise diana diane dolores donna dora dorothea
    dorothy edith eileen elaine eleanor elena elisa elisabeth elise eliza elizabeth ella ellen elsa
    emilia emily emma erica erika esther ethel eugenia eva evelyn fatima felicity fiona florence
    frances francesca frida gabriela gabriella gemma georgia georgina geraldine gertrude gina
    giorgia gisela gloria greta gretchen gwen gwendolyn hannah harriet hazel heather hedwig heidi
    helen helena helga henrietta hermione hilary hilda hillary ida ilse indira ines ingeborg ingrid
    irene irina iris irma isabel isabella isabelle ivanka jacqueline jana jane janet janice jasmine
    jeanette jeanne jennifer jenny jessica jill joan joanna joanne josephine joyce juanita judith
    judy julia juliana julie juliet june kamala karen karin karla kate katharina katherine kathleen
    kathryn kathy katie katrina katya kirsten kristin kristina larissa laura lauren lea leila lena
    leonora leyla lidia lillian lily linda lisa liz lola loretta lorraine louisa louise lucia
    lucille lucinda lucy ludmila lydia lyudmila mabel madeleine madeline magdalena maggie malala
    marcia margaret margarita margot marguerite maria mariah marianne marie marilyn marina marion
    marissa martha mary matilda maud maureen maya meghan melania melanie melinda melissa mercedes
    meryl michelle mildred mina miranda miriam moira molly mona monica monika muriel myra nadia
    nancy naomi natalia natalie natasha nicola nicole nina nora norma odette olga olivia ophelia
    oprah pamela patricia paula pauline penelope phoebe phyllis pippa polly priscilla priyanka
    rachel raisa rebecca regina renata renee rhoda rita roberta rosa rosalind rosalyn rose rosemary
    rosie roxanne ruby ruth sabine sabrina sally samantha sandra sarah saskia selena serena shakira
    sharon sheila sheryl shirley sigrid silvia simone sofia sonia sonja sophia sophie stella
    stephanie susan susanna susanne suzanne svetlana sylvia tabitha tamara tania tara tatiana
    tatyana teresa thelma theresa tina tracy trudy ulrike ursula valentina valeria vanessa vera
    verena veronica victoria viola virginia vivian viviane wanda wendy whitney wilhelmina winifred
    yasmin yoko yolanda yulia yvette yvonne zara zelda zoe
    """.split()
)
"""Given names of women, in the form in which words are looked up."""

COUNTRIES = frozenset(
    name.replace("_", " ")
    for name in """
    afghanistan albania algeria andorra angola argentina armenia australia austria azerbaijan
    bahamas bahrain bangladesh barbados belarus belgium belize benin bhutan bolivia bosnia botswana
    brazil brunei bulgaria burundi cambodia cameroon canada chad chile china colombia congo
    costa_rica croatia cuba cyprus czechia denmark djibouti dominica ecuador egypt el_salvador
    eritrea estonia eswatini ethiopia fiji finland france gabon gambia germany ghana greece grenada
    guatemala guinea guyana haiti honduras hungary iceland india indonesia iran iraq ireland israel
    italy jamaica japan kazakhstan kenya kiribati kosovo kuwait kyrgyzstan laos latvia lebanon
    lesotho liberia libya liechtenstein lithuania luxembourg madagascar malawi malaysia maldives
    mali malta mauritania mauritius mexico moldova monaco mongolia montenegro morocco mozambique
    myanmar namibia nauru nepal netherlands new_zealand nicaragua niger nigeria north_korea
    north_macedonia norway oman pakistan palau palestine panama paraguay peru philippines poland
    portugal qatar romania russia rwanda samoa saudi_arabia senegal serbia seychelles sierra_leone
    singapore slovakia slovenia somalia south_africa south_korea south_sudan spain sri_lanka sudan
    suriname sweden switzerland syria taiwan tajikistan tanzania thailand togo tonga tunisia turkey
    turkmenistan tuvalu uganda ukraine united_arab_emirates united_kingdom united_states britain
    england scotland wales uruguay uzbekistan vanuatu venezuela vietnam yemen zambia zimbabwe
    """.split()
)
"""Countries, in the form in which words are looked up. Left out are those whose name is a person's
or a state's as well: Jordan, Georgia."""

PERSON_NOUNS = frozenset(
    """
    adviser aide ally ambassador analyst archbishop architect artist assassin assistant athlete
    attorney author banker baron biographer bishop blogger boss boxer candidate captain cardinal
    champion chancellor chef chief cleric coach colleague colonel columnist commander commissioner
    composer congressman conductor count critic dancer daughter defendant defender deputy designer
    detective dictator diplomat director doctor driver duke economist editor emperor engineer envoy
    executive expert father fighter founder friend general goalkeeper governor guard guest guitarist
    historian host inspector inventor investor journalist judge justice king knight lady lawmaker
    lawyer leader lecturer lieutenant lover major man manager mayor member minister mother musician
    nephew novelist nurse officer official opponent owner painter partner passenger patient
    patriarch person philosopher photographer physicist pilot player poet politician pope premier
    president priest prime prince prisoner producer professor prosecutor protagonist pupil rebel
    reporter representative researcher resident rival ruler sailor scholar scientist sculptor
    secretary senator sergeant servant sheriff singer soldier son speaker spokesperson striker
    student successor sultan superintendent supporter surgeon suspect teacher tenant thief trainer
    translator tsar uncle veteran victim villager visitor winner witness worker writer
    """.split()
)
"""Nouns for one person, of either gender."""

MALE_NOUNS = frozenset(
    """
    actor boy brother businessman chairman congressman duke emperor father gentleman god grandfather
    grandson guy husband king lord man monk nephew policeman priest prince salesman sir son
    spokesman sultan tsar uncle widower mr
    """.split()
)
"""Nouns for a man."""

FEMALE_NOUNS = frozenset(
    """
    actress aunt businesswoman chairwoman congresswoman dame daughter duchess empress girl goddess
    granddaughter grandmother heroine lady mother nun niece policewoman princess queen sister
    spokeswoman stepmother waitress widow wife woman miss mrs ms
    """.split()
)
"""Nouns for a woman."""

THING_WORDS = frozenset(
    """
    academy act administration affairs agency agreement air airlines airport alliance army arena art
    assembly association authority award bank bay beach board bowl bridge broadcasting building
    bureau cabinet canal capitol castle cathedral center central centre chamber championship channel
    church circuit city civil club coast college commission committee community company
    confederation conference congress constitution convention cooperation corporation corps council
    county court cup daily day defence defense delegation democratic department desert directorate
    district division dome duma dynasty east eastern economic electric embassy empire energy
    engineering estate exchange express falls federal federation festival films finance force forces
    forest formula forum foundation front fund galaxy gallery game games garden gazette golf grand
    group guard guards gulf hall harbour herald high highway hill hills history holdings hospital
    hotel house industries initiative institute institution international island islands journal
    kingdom kremlin laboratory lake law league legion library lines live mail ministry monastery
    mount mountain mountains movement museum nation national nations navy network news north
    northern observatory ocean office olympic olympics open orchestra order organisation
    organization palace pact parish park parliament party peninsula plan plaza police political port
    post press prize project province radio railway red regiment region republic research resources
    restaurant review revolution river road royal school science sea security senate series service
    services show society south southern square stadium state states station street studios summit
    supreme system team television temple theater theatre times tower trade treaty tribune trust
    union united university valley village war watch water week west western wire world
    """.split()
)
"""Words that names of things have, and names of people hardly."""

HEADS = (
    frozenset("deal agreement pact treaty accord".split()),
    frozenset("company firm corporation manufacturer maker".split()),
    frozenset("film movie".split()),
    frozenset("ship vessel".split()),
    frozenset("paper newspaper".split()),
)
"""Nouns that stand for the same thing, so that "the deal" can take up a treaty."""
