"""Original pages in the layouts in which articles are scraped, furniture included."""

PIER = """Home > News > Region
The Osby Courier
Osby pier reopens after two years of repairs
By Karin Holm, Staff Writer
The rebuilt pier at Osby. Photo: Lars Wiik/Osby Courier
Share on Facebook Tweet Email
The pier at Osby was reopened on Saturday after two years of repairs. It cost 4.2 million crowns.
RELATED: Ferry fares to rise in June
Mayor Ingrid Olsen cut the ribbon at noon. "We have waited long enough," she said.
Visitors walk along the new planks on Saturday, May 4, 2024. (Osby Courier/Lars Wiik)
About 3,000 people came, the harbour office said.
You have read 3 of 5 free articles this month. Subscribe for unlimited access.
This article is for subscribers only.
"""
BRIDGE = """BREAKING: Storm warning for the coast

Lindholm to build a second bridge

Anna Berg and Tom Falk

A computer image of the planned bridge. Photograph: Lindholm city council

The city council of Lindholm voted on Monday to build a second bridge across the Var.

Also read | Lindholm's first bridge turns 100

Work is to begin in March 2025, said the head of the council's roads office, Per Lund.

To continue reading, log in or create an account.
Already a subscriber? Log in
"""
STRIKE = """Strike at Norra docks ends
Reporter: Eva Lind

Dockworkers at Norra returned to work on Tuesday after an eleven-day strike.

Getty Images

Dockworkers during the strike at Norra on 5 September.

The union and the port company agreed on a pay rise of 6 per cent, both sides said.

(Editing by Ola Ek; reporting by Eva Lind in Norra)
Contact the reporter at eva.lind@example.org
Have a tip? Email newsdesk@example.org
This story was originally published on 12 September 2023.
Support independent journalism. Donate today.
Loading comments...
"""
MILL = """World | Economy

Mill at Varn to close

The paper mill at Varn will close at the end of the year, its owner said on Thursday.

A worker leaves the mill on Thursday evening. REUTERS/Ida Falk
Workers at the mill in Varn, 9 November. [Ida Falk/Reuters]
Image 1 of 4
Caption: The mill in spring.

The owner, Varn Papir, said that prices for newsprint had fallen by half since 2015.

Correction: An earlier version misspelled the owner's name.
Our Standards: The Varn Trust Principles.
Unlock this article. Subscribe to continue reading.
Thanks for reading! Please consider subscribing.
If you enjoyed this article, share it with your friends.
This site is protected by a captcha and its terms apply.
"""
PAGES = {"pier": PIER, "bridge": BRIDGE, "strike": STRIKE, "mill": MILL}
