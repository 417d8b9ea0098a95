"""How each resource looks in an answer."""

from typing import Any

from ..addresses import WITHHELD
from ..records import Call, Message, Number, Queue, Recording
from ..sids import rfc2822
from ..voice.conference import Conference, Participant
from ..voice.queueing import Member

VERSION = "2010-04-01"


def root(account: str) -> str:
    return f"/{VERSION}/Accounts/{account}"


def message(row: Message, account: str) -> dict[str, Any]:
    uri = f"{root(account)}/Messages/{row.sid}"
    return {
        "account_sid": account,
        "api_version": VERSION,
        "body": row.body,
        "date_created": rfc2822(row.created),
        "date_sent": rfc2822(row.sent),
        "date_updated": rfc2822(row.updated),
        "direction": row.direction,
        "error_code": row.error_code,
        "error_message": row.error_message,
        "from": row.from_ or None,
        "messaging_service_sid": row.service_sid,
        "num_media": str(len(row.media)),
        "num_segments": str(row.segments),
        "price": None,
        "price_unit": "USD",
        "sid": row.sid,
        "status": row.status,
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": row.to,
        "uri": f"{uri}.json",
    }


def media(item: dict[str, Any], row: Message, account: str) -> dict[str, Any]:
    return {
        "account_sid": account,
        "content_type": item["content_type"],
        "date_created": rfc2822(row.created),
        "date_updated": rfc2822(row.created),
        "parent_sid": row.sid,
        "sid": item["sid"],
        "uri": f"{root(account)}/Messages/{row.sid}/Media/{item['sid']}.json",
    }


def call(row: Call, account: str) -> dict[str, Any]:
    uri = f"{root(account)}/Calls/{row.sid}"
    return {
        "account_sid": account,
        "annotation": None,
        "answered_by": row.answered_by,
        "api_version": VERSION,
        "caller_name": None,
        "date_created": rfc2822(row.created),
        "date_updated": rfc2822(row.updated),
        "direction": row.direction,
        "duration": None if row.duration is None else str(row.duration),
        "end_time": rfc2822(row.ended),
        "forwarded_from": None,
        "from": row.from_,
        "from_formatted": "Anonymous" if row.from_ == WITHHELD else row.from_,
        "group_sid": None,
        "parent_call_sid": row.parent_sid,
        "phone_number_sid": row.number_sid,
        "price": None,
        "price_unit": "USD",
        "queue_time": str(row.queue_time),
        "sid": row.sid,
        "start_time": rfc2822(row.started),
        "status": row.status,
        "subresource_uris": {name.lower(): f"{uri}/{name}.json" for name in ("Notifications", "Recordings")},
        "to": row.to,
        "to_formatted": row.to,
        "trunk_sid": None,
        "uri": f"{uri}.json",
    }


def queue(row: Queue, size: int, average: int, account: str) -> dict[str, Any]:
    uri = f"{root(account)}/Queues/{row.sid}"
    return {
        "account_sid": account,
        "average_wait_time": average,
        "current_size": size,
        "date_created": rfc2822(row.created),
        "date_updated": rfc2822(row.updated),
        "friendly_name": row.name,
        "max_size": row.max_size,
        "sid": row.sid,
        "subresource_uris": {"members": f"{uri}/Members.json"},
        "uri": f"{uri}.json",
    }


def member(row: Member, position: int, waited: int, account: str) -> dict[str, Any]:
    return {
        "call_sid": row.leg.sid,
        "date_enqueued": rfc2822(row.entered),
        "position": position,
        "queue_sid": row.queue.sid,
        "uri": f"{root(account)}/Queues/{row.queue.sid}/Members/{row.leg.sid}.json",
        "wait_time": waited,
    }


def conference(row: Conference, account: str) -> dict[str, Any]:
    uri = f"{root(account)}/Conferences/{row.sid}"
    return {
        "account_sid": account,
        "api_version": VERSION,
        "call_sid_ending_conference": row.ended_by,
        "date_created": rfc2822(row.created),
        "date_updated": rfc2822(row.updated),
        "friendly_name": row.name,
        "reason_conference_ended": row.reason_ended,
        "region": "us1",
        "sid": row.sid,
        "status": row.status,
        "subresource_uris": {
            "participants": f"{uri}/Participants.json",
            "recordings": f"{uri}/Recordings.json",
        },
        "uri": f"{uri}.json",
    }


def participant(row: Participant, account: str) -> dict[str, Any]:
    manners = row.manners
    return {
        "account_sid": account,
        "call_sid": row.leg.sid,
        "call_sid_to_coach": manners.coached_sid,
        "coaching": manners.coaching,
        "conference_sid": row.conference.sid,
        "date_created": rfc2822(row.created),
        "date_updated": rfc2822(row.updated),
        "end_conference_on_exit": manners.end_on_exit,
        "hold": manners.hold,
        "label": manners.label,
        "muted": manners.muted,
        "queue_time": str(row.leg.call.queue_time),
        "start_conference_on_enter": manners.start_on_enter,
        "status": row.status,
        "uri": f"{root(account)}/Conferences/{row.conference.sid}/Participants/{row.leg.sid}.json",
    }


def recording(row: Recording, account: str, base_url: str) -> dict[str, Any]:
    uri = f"{root(account)}/Recordings/{row.sid}"
    return {
        "account_sid": account,
        "api_version": VERSION,
        "call_sid": row.call_sid,
        "channels": row.channels,
        "conference_sid": row.conference_sid,
        "date_created": rfc2822(row.created),
        "date_updated": rfc2822(row.updated),
        "duration": None if row.status == "in-progress" else str(row.duration),
        "encryption_details": None,
        "error_code": None,
        "media_url": base_url + uri,
        "price": None,
        "price_unit": "USD",
        "sid": row.sid,
        "source": row.source,
        "start_time": rfc2822(row.created),
        "status": row.status,
        "subresource_uris": {},
        "uri": f"{uri}.json",
    }


def number(row: Number, account: str) -> dict[str, Any]:
    return {
        "account_sid": account,
        "address_requirements": "none",
        "address_sid": None,
        "api_version": VERSION,
        "beta": False,
        "bundle_sid": None,
        "capabilities": {"fax": False, "mms": True, "sms": True, "voice": True},
        "date_created": rfc2822(row.created),
        "date_updated": rfc2822(row.updated),
        "emergency_address_sid": None,
        "emergency_address_status": "unregistered",
        "emergency_status": "Inactive",
        "friendly_name": row.friendly_name,
        "identity_sid": None,
        "origin": "twilio",
        "phone_number": row.phone_number,
        "sid": row.sid,
        "sms_application_sid": None,
        "sms_fallback_method": row.sms_fallback_method,
        "sms_fallback_url": row.sms_fallback_url,
        "sms_method": row.sms_method,
        "sms_url": row.sms_url,
        "status": "in-use",
        "status_callback": row.status_callback,
        "status_callback_method": row.status_callback_method,
        "trunk_sid": None,
        "type": "local",
        "uri": f"{root(account)}/IncomingPhoneNumbers/{row.sid}.json",
        "voice_application_sid": None,
        "voice_caller_id_lookup": False,
        "voice_fallback_method": row.voice_fallback_method,
        "voice_fallback_url": row.voice_fallback_url,
        "voice_method": row.voice_method,
        "voice_receive_mode": "voice",
        "voice_url": row.voice_url,
    }
