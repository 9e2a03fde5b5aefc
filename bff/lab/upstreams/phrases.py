"""What people of the simulated world write to each other.

`{me}` and `{who}` are first names, the reader's and somebody else's; the other slots speak for themselves.
"""

from typing import Final

PROJECTS: Final = ("Atlas", "Beacon", "Compass", "Evergreen", "Harbor", "Lighthouse", "Meridian", "Summit")
TEAMS: Final = ("Design", "Platform", "Finance", "Support", "Marketing", "Data", "Legal", "Mobile", "Sales")
DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
NUMBERS: Final = ("3", "4", "5", "6", "7", "8", "9", "11", "12", "14")

# Subject and preview.
MESSAGES: Final = (
    ("Budget review moved to {day}", "Finance needs two more days for the forecast. Same room, same time."),
    ("Notes from the {client} call", "They want the rollout in two steps, and a named contact."),
    ("{project} launch checklist", "{n} items are left. Could you look at the ones marked red?"),
    ("Can you review my proposal?", "Hi {me}, it is four pages. I would love your view by {day}."),
    ("Lunch on {day}?", "The new place across the street has opened. {who} is coming too."),
    ("New starter on the {team} team", "{who} joins us on {day}. Please say hello!"),
    ("Contract with {client} is signed", "It came back without changes. Thank you, {me}!"),
    ("Draft agenda for the offsite", "Two half days, one long walk. Tell me what is missing by {day}."),
    ("{project}: numbers for last week", "Sign-ups are up {n} %. The dip was the maintenance window."),
    ("Slides for the all-hands", "I have left three slides for you, {me}. Two minutes each is plenty."),
    ("Question about your expense report", "The receipt for the train is missing. A photo is fine."),
    ("Interview on {day} afternoon", "Could you take the second half hour? The portfolio is attached."),
    ("{client} asked for a demo", "They want to try it on their own data. Is {day} possible?"),
    ("Postmortem is ready to read", "No surprises, three actions. The first one is for {team}."),
    ("Re: Colours in the new dashboard", "The darker green is readable for everyone, so let us keep it."),
    ("Holiday cover in {team}", "I am away for {n} days from {day}. {who} knows where everything is."),
    ("Welcome pack needs a second look", "Half of the links lead to the old wiki."),
    ("{project} retrospective", "Please add your cards before {day}, so that we can talk and not type."),
    ("Feedback on the beta", "{n} answers so far. Search is loved, settings are hard to find."),
    ("Parking garage closed on {day}", "The entrance is repaved. Bikes can get in from the yard."),
    ("Re: Pricing for {client}", "I would keep the discount and shorten the term. What do you think, {me}?"),
    ("Security training is due", "It takes twenty minutes, and {n} of us have not done it yet."),
    ("Handover to {who}", "Everything is in the {project} folder, open questions on top."),
    ("Your badge is ready", "Pick it up at the front desk until six. Bring the old one, please."),
    ("Thank you for {day}", "{client} wrote to say how well prepared you were. Well done, {me}!"),
    ("Printer on the third floor", "It works again. Somebody had put the tray in upside down."),
    ("Customer story: {client}", "They agreed to be quoted. I need one picture and one number."),
    ("Release of {project} on {day}", "Code freeze is the evening before. What is late waits a week."),
    ("Travel plans for the conference", "The early trains are cheaper. Shall I book for both of us?"),
    ("Re: Office plants", "The fern has a name now, and a watering plan. {who} started it."),
    ("Quarterly goals, second draft", "From nine to four. Tell me which one you would have kept."),
    ("Support tickets about {project}", "{n} since {day}, nearly all the same question."),
)

TODOS: Final = (
    "Review the {project} proposal",
    "Send the revised offer to {client}",
    "Prepare slides for {day}'s all-hands",
    "Approve {who}'s leave request",
    "Submit travel expenses",
    "Write the release notes for {project}",
    "Call {client} about the renewal",
    "Update the onboarding guide",
    "Book a room for the {team} workshop",
    "Read the {project} postmortem",
    "Finish security training",
    "Give feedback on {who}'s design",
    "Clean up the {project} backlog",
    "Plan the interview for {day}",
    "Check the numbers in the {team} report",
    "Reply to the survey from {team}",
    "Order a keyboard for {who}",
    "Move the {project} wiki pages",
    "Draft goals for next quarter",
    "Share notes from the {client} visit",
    "Set up a trial account for {client}",
    "Confirm the agenda with {who}",
    "Archive last year's {team} folders",
    "Renew the certificate for {project}",
    "Thank {who} for the handover",
    "Compare quotes for the new monitors",
    "Test the {project} export with real data",
    "Invite {team} to the retrospective",
    "Sign the contract with {client}",
    "Write a short bio for the website",
)

# Kind and text.
NOTIFICATIONS: Final = (
    ("MENTION", "{who} mentioned you in {project} launch checklist"),
    ("MENTION", "{who} asked for your opinion on the {client} offer"),
    ("MENTION", "{who} replied to your comment in {team} weekly"),
    ("MENTION", "{who} assigned you a card in {project}"),
    ("MENTION", "{who} shared “Roadmap, second draft” with you"),
    ("MENTION", "{who} thanked you in the {team} channel"),
    ("REMINDER", "{project} stand-up starts in 15 minutes"),
    ("REMINDER", "Your time sheet is due on {day}"),
    ("REMINDER", "{n} cards in {project} wait for your review"),
    ("REMINDER", "One-to-one with {who} tomorrow at 10:30"),
    ("REMINDER", "The survey from {team} closes on {day}"),
    ("REMINDER", "Call with {client} on {day} at 14:00"),
    ("SYSTEM", "{project} was deployed to staging"),
    ("SYSTEM", "Maintenance on {day} from 22:00 to 23:00"),
    ("SYSTEM", "New sign-in from a laptop in your office"),
    ("SYSTEM", "Your storage is 80 % full"),
    ("SYSTEM", "The {team} calendar was shared with you"),
    ("SYSTEM", "The export of {project} is ready to download"),
    ("APPROVAL", "{who} approved your leave for {day}"),
)

# Title, reason and path.
LINKS: Final = (
    ("Read the new travel policy", "It changed this week", "policies/travel"),
    ("Book a desk for {day}", "Your team will be in the office", "desks"),
    ("See how {project} is doing", "You open it most Mondays", "dashboards/{project}"),
    ("Meet the {team} team", "You work together more often lately", "teams/{team}"),
    ("Choose your talks for the conference", "Registration closes on {day}", "events/conference"),
    ("Try the new search", "{n} of your colleagues already do", "whats-new/search"),
)
