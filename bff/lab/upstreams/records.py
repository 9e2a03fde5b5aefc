"""What one desk holds, in the shapes of the upstream contract."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain
from operator import itemgetter
from typing import Any, Final

from . import phrases
from .desk import Desk

ITEMS: Final = 60
EACH: Final = 4  # recommendations of each kind
RECOMMENDABLE: Final = 20  # messages and todos from the top
WHY_NOW: Final = {
    "HIGH": "It has a high priority",
    "MEDIUM": "It is due soon",
    "LOW": "It takes a few minutes",
}

Record = dict[str, Any]


def messages(desk: Desk, now: datetime) -> Iterator[Record]:
    """Newest first."""
    sent = now
    for place, (subject, preview) in enumerate(desk.deal(phrases.MESSAGES, ITEMS)):
        sent -= timedelta(minutes=desk.dice.randint(5, 300))
        sender = desk.colleague()
        words = desk.words(sender)
        yield {
            "id": desk.id(ITEMS - place),
            "subject": subject.format_map(words),
            "preview": preview.format_map(words),
            "sent_at": sent.isoformat(),
            "unread": desk.dice.random() < 0.8 - place / 20,
            "sender_id": sender.id,
        }


def todos(desk: Desk, now: datetime) -> Iterator[Record]:
    """In the order they are due; one in eight has no date."""
    due = (now - timedelta(days=1)).replace(hour=17)
    for place, title in enumerate(desk.deal(phrases.TODOS, ITEMS)):
        due += timedelta(days=desk.dice.choice((0, 1)))
        assigner = desk.colleague()
        yield {
            "id": desk.id(place + 1),
            "title": title.format_map(desk.words(assigner)),
            "due_at": due.isoformat() if desk.dice.random() > 1 / 8 else None,
            "done": desk.dice.random() < 0.2,
            "priority": desk.dice.choices(("HIGH", "MEDIUM", "LOW"), (2, 5, 3))[0],
            "assigned_by_id": assigner.id,
        }


def notifications(desk: Desk, now: datetime) -> Iterator[Record]:
    """Newest first."""
    created = now
    for place, (kind, text) in enumerate(desk.deal(phrases.NOTIFICATIONS, ITEMS)):
        created -= timedelta(minutes=desk.dice.randint(2, 240))
        yield {
            "id": desk.id(ITEMS - place),
            "kind": kind,
            "text": text.format_map(desk.words()),
            "created_at": created.isoformat(),
            "read": desk.dice.random() < place / 20,
        }


def recommendations(desk: Desk, messages: Sequence[Record], todos: Sequence[Record]) -> Iterator[Record]:
    """The best first; four of each kind, one of each at the top."""
    open_first = sorted(todos, key=itemgetter("done"))
    replies = [_reply(message, desk) for message in desk.dice.sample(messages, EACH)]
    tasks = [_complete(todo) for todo in open_first[:EACH]]
    links = [_open(link, desk) for link in desk.deal(phrases.LINKS, EACH)]
    top, *rest = zip(replies, tasks, links, strict=True)
    score = 0.99
    others = list(chain(*rest))
    for place, action in enumerate((*top, *desk.dice.sample(others, len(others)))):
        score -= desk.dice.uniform(0.01, 0.07)
        yield {"id": desk.id(place + 1), **action, "score": round(score, 3)}


def _reply(message: Record, desk: Desk) -> Record:
    sender = desk.person(message["sender_id"]).first
    return {
        "kind": "send_message",
        "title": f"Reply to {sender}: {message['subject'].removeprefix('Re: ')}",
        "reason": "You have not read it yet" if message["unread"] else f"{sender} is waiting for an answer",
        "message_id": message["id"],
    }


def _complete(todo: Record) -> Record:
    return {
        "kind": "complete_todo",
        "title": todo["title"],
        "reason": WHY_NOW[todo["priority"]],
        "todo_id": todo["id"],
    }


def _open(link: tuple[str, str, str], desk: Desk) -> Record:
    words = desk.words()
    title, reason, path = (text.format_map(words) for text in link)
    return {
        "kind": "open_link",
        "title": title,
        "reason": reason,
        "url": f"https://intranet.example.com/{path.lower()}",
    }
