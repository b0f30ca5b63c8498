"""Well-known words of page furniture: labels, invitations, credits, roles, outlets, dates.

Small lists of what publishers everywhere put around an article. They are only ever compared with
whole lines or with the start of a sentence, never looked for inside one.
"""

from __future__ import annotations

import re


def _lines(listed: str) -> frozenset[str]:
    return frozenset(" ".join(part.split()) for part in listed.split("/"))


SOLO = _lines(
    """ad/ads/advertisement/advertisements/advertising/sponsored/sponsored content/paid post/
    paid content/promoted/skip to content/skip to main content/skip to navigation/skip navigation/
    skip links/menu/main menu/navigation/search/search for/sign in/log in/login/log out/logout/
    register/subscribe/subscribe now/subscribe today/sign up/sign up now/create account/my account/
    newsletter/newsletters/our newsletter/share/share this/share this article/share this story/
    share this post/share this page/share this with/share on facebook/share on twitter/share on x/
    share via email/share article/print/print this article/print this page/email/e-mail/
    email this article/save/save article/bookmark/copy link/link copied/tweet/facebook/twitter/
    linkedin/whatsapp/telegram/instagram/youtube/rss/reddit/pinterest/home/homepage/contact us/
    privacy policy/privacy/terms of use/terms of service/terms and conditions/cookie policy/
    accept/accept all/accept cookies/accept all cookies/reject all/manage cookies/cookie settings/
    close/loading/load more/show more/show less/see more/view more/view all/see all/show all/
    read more/continue reading/story continues below/article continues below/
    story continues below advertisement/article continues after advertisement/learn more/
    find out more/click here/back to top/scroll to top/next/previous/next article/
    previous article/next post/previous post/next page/previous page/leave a comment/
    leave a reply/leave your comment/add a comment/add comment/post a comment/write a comment/
    view comments/show comments/comments are closed/comments are off/no comments/reply/
    join the conversation/join the discussion/donate/donate now/support us/listen/
    listen to this article/listen to article/play/pause/play video/watch live/watch now/
    open in app/image/photo/photos/video/gallery/getty images/image source/image caption/
    photo credit/image credit/file photo/reuse this content/report an error/send feedback/
    give feedback/text size/font size/download/download pdf/download the app/get the app/
    cite this article/permissions/reprints/all rights reserved/staff writer/staff reporter"""
)
"""Labels that stand for themselves; what follows them is judged on its own."""

LEADING = _lines(
    """comments/comment/read also/also read/read this/read this next/read next/what to read next/
    up next/read more on this/read more on this topic/related/related article/related articles/
    related story/related stories/related news/related content/related post/related posts/
    related topics/related links/related coverage/related reading/related video/related videos/
    more on this/more on this story/more on this topic/more stories/more news/more headlines/
    more like this/more to read/more articles/more coverage/see also/you may also like/
    you might also like/you may also be interested in/also on/also in the news/recommended/
    recommended for you/recommended stories/recommended articles/recommended reading/most read/
    most popular/most viewed/most shared/most commented/trending/trending now/trending stories/
    popular/popular posts/popular articles/popular now/popular stories/top stories/top news/
    latest/latest news/latest stories/latest posts/latest articles/latest headlines/the latest/
    recent posts/recent articles/recent comments/recent stories/editor's picks/editors' picks/
    editor’s picks/editors’ picks/don't miss/don’t miss/must read/tags/tag/topics/
    filed under/categories/category/archives/explore more/in other news/other news/
    sponsored links/around the web/from around the web/from our partners/partner content/
    follow us/follow us on/connect with us/find us on/stay connected/share this/post navigation/
    meta/blogroll/quick links/useful links/site map/sitemap"""
)
"""Labels that have a list hanging on them: of links, topics or names."""

INLINE = re.compile(
    r"(?i:read also|also read|see also|read more|read next|related(?: \w+)?|recommended|tags?|"
    r"topics?|filed under|categor(?:y|ies)|more on this(?: \w+)?|don['’]t miss|share this|"
    r"watch|listen|follow)\s*[:»›>|→]\s*\S"
)
"""A label with what it announces on the same line."""

CREDIT = re.compile(
    r"(?i:\(?\s*(?:(?:main |file |feature |cover |stock |header |top |ap |afp |reuters )*"
    r"(?:photo(?:graph|s)?|image|picture|video|illustration|graphic|screenshot|map)s?"
    r"(?:\s+(?:credits?|courtesy(?:\s+of)?|by|source|from|via))?\s*[:/|]"
    r"|(?:file )?(?:photo(?:graph|s)?|image|picture|video|illustration|graphic)s?\s+"
    r"(?:by|courtesy|credits?|via)\b"
    r"|(?:photo |image |picture )?(?:credits?|courtesy of)\s*[:/|]))\s*\S"
)
"""The start of a line that says who made a picture."""

CREDIT_ASIDE = re.compile(
    r"[(\[](?i:(?:ap|afp|reuters|epa|file|stock|screenshot|handout) (?:photo|image)|"
    r"(?:photo(?:graph)?|image|picture|illustration|graphic|video)s?(?: credit| courtesy)?"
    r"(?: by|:|/| of| via))[^()\[\]\n]{1,160}[)\]]"
)
"""A credit in brackets, within or after a caption."""

LEGAL = re.compile(
    r"(?i:(?:[^.\n]{0,80}?\s)?©|\(c\)\s*\d{4}|copyright\s*(?:\(c\)|©|\d{4}|by\b|:)|"
    r"all rights reserved\b|[^.\n]{0,80}(?-i:All|ALL) rights reserved\b)"
)
"""The start of a copyright notice."""

_NETWORK = (
    r"(?:x|twitter|facebook|instagram|linkedin|youtube|telegram|whatsapp|mastodon|bluesky|threads|"
    r"tiktok|google news|social media|flipboard)\b"
)
INVITATION = re.compile(
    r"(?i:(?:please |you can (?:also )?|click (?:here )?to |to )?"
    r"(?:follow|like|find|join|connect with|reach)\s(?:[\w.'’-]+\s){1,5}"
    rf"(?:on|at|via)\s{_NETWORK}"
    r"|follow @\w"
    r"|(?:please |click (?:here )?to )?(?:sign up|subscribe|register)\s"
    r"(?:for|to|now|here|today|and)\b"
    r"(?=.*(?:news|email|e-mail|update|alert|channel|podcast|letter|account|subscri|free|"
    r"access|inbox|here|today|now|briefing|digest|us\b|our\b))"
    r"|(?:we|this (?:web)?site|our (?:web)?site|we and our partners|this page) uses? "
    r"(?:cookies|akismet|javascript)"
    r"|by (?:continuing|clicking|using|signing up|subscribing|submitting|entering)\b"
    r".{0,80}\byou (?:agree|consent|accept|acknowledge|are agreeing)"
    r"|click here (?:to|for)\b|click on the link|read more (?:about|on|from|at|here)\b"
    r"|read (?:the )?full (?:story|article|report) (?:here|at|on)\b"
    r"|(?:download|get) (?:our|the) (?:free |mobile |latest )*(?:app|newsletter)\b"
    r"|get (?:the )?(?:latest|breaking|daily) .{0,60}(?:inbox|newsletter|alerts)\b"
    r"|enter your e-?mail|your e-?mail address will not be|required fields are marked"
    r"|(?:please )?(?:log|sign) in (?:to|or|with)\b|please enable (?:javascript|cookies)"
    r"|your browser does ?n[o'’]t? support|notify me of (?:new|follow)"
    r"|leave this field (?:blank|empty)"
    r"|thank you for (?:subscribing|signing up)|be the first to (?:comment|find out|know about)"
    r"|you (?:must|need to) be (?:logged|signed) in|learn how your comment data)"
)
"""The start of a sentence that asks the reader for something."""

ROLE = re.compile(
    r"(?i:\b(?:writers?|reporters?|correspondents?|editors?|staff|columnists?|contributors?|bureau|"
    r"chief|analysts?|journalists?|producers?|freelance|photographers?|fellow|guest|opinion)\b)"
)
"""A word that says what an author does, not for whom."""

OUTLET = re.compile(
    r"\b(?:Press|Times|Post|News|Journal|Herald|Tribune|Guardian|Agency|Institute|Institution|"
    r"Council|Cent(?:er|re)|University|Foundation|Magazine|Review|Daily|Weekly|Gazette|Chronicle|"
    r"Telegraph|Observer|Independent|Standard|Globe|Mail|Economist|Broadcasting|Radio|Television|"
    r"Online|Today|Wire|Media|Network|Reuters|Bloomberg|Associated|Xinhua|TASS|Interfax|Kyodo|"
    r"Anadolu|Jazeera|Axios|Politico|[A-Z]{2,5})\b|\.(?:com|org|net|co|tv|info|eu)\b"
)
"""A word that the names of outlets are made of."""

MONTHS = _lines(
    """january/february/march/april/may/june/july/august/september/october/november/december/
    jan/feb/mar/apr/jun/jul/aug/sep/sept/oct/nov/dec"""
)
"""Month names and their abbreviations."""

WEEKDAYS = _lines(
    """monday/tuesday/wednesday/thursday/friday/saturday/sunday/mon/tue/tues/wed/thu/thur/thurs/fri/
    sat/sun"""
)
"""Weekday names and their abbreviations."""

DATE_LABELS = _lines(
    "published/written/updated/posted/modified/revised/created/edited/publication/released/issued/uploaded"
)
"""Words that announce when a page was made or changed."""

DATE_FILL = _lines(
    """on/at/of/the/last/first/st/nd/rd/th/a/p/m/am/pm/t/z/gmt/utc/est/edt/et/pst/pdt/pt/cst/cdt/
    ct/bst/cet/cest/ist/eet/eest/msk/h/hrs/hour/hours/min/mins/minute/minutes/sec/second/seconds/
    day/days/week/weeks/month/months/year/years/ago/read/reading/time/date/local"""
)
"""Further words that a line of nothing but date and time may hold."""
