from cases.models.age import AgeThreshold
from cases.models.callback import Attempt, Callback
from cases.models.canned import CannedReply
from cases.models.case import Case, Transition
from cases.models.case_day import CaseDay, CountedUpTo, DayToCount
from cases.models.catalogue import CatalogueItem
from cases.models.category import Category, CategoryVersion
from cases.models.contact import Contact, Note, Offer, Survey
from cases.models.desk_settings import ClaimCap, DefaultView, IntakeField, SavedView
from cases.models.draft import Draft
from cases.models.emergency import EmergencyMode
from cases.models.exchange import Export, Import, ImportFault
from cases.models.freshness import StillNeeded
from cases.models.group import CaseGroup
from cases.models.level_look import LevelLook
from cases.models.need import Need, Prescription
from cases.models.outlook import Outlook
from cases.models.partner import Partner, PartnerCase, PartnerToken, Webhook
from cases.models.place import Address, Community, District
from cases.models.practice import PracticeCaller, PracticeShift
from cases.models.privacy import PersonalDataAccess
from cases.models.quality import Criterion, QualityReview, SampledWeek, SamplePlan
from cases.models.receiver import Receiver
from cases.models.referral import Referral
from cases.models.resident import Phone, Resident
from cases.models.retention import DataRequest, RetentionPolicy
from cases.models.search import SearchDocument
from cases.models.unanswered import Unanswered

__all__ = [
    "Address",
    "AgeThreshold",
    "Attempt",
    "Callback",
    "CannedReply",
    "Case",
    "CaseDay",
    "CaseGroup",
    "CatalogueItem",
    "Category",
    "CategoryVersion",
    "ClaimCap",
    "Community",
    "Contact",
    "CountedUpTo",
    "Criterion",
    "DataRequest",
    "DayToCount",
    "DefaultView",
    "District",
    "Draft",
    "EmergencyMode",
    "Export",
    "Import",
    "ImportFault",
    "IntakeField",
    "LevelLook",
    "Need",
    "Note",
    "Offer",
    "Outlook",
    "Partner",
    "PartnerCase",
    "PartnerToken",
    "PersonalDataAccess",
    "Phone",
    "PracticeCaller",
    "PracticeShift",
    "Prescription",
    "QualityReview",
    "Receiver",
    "Referral",
    "Resident",
    "RetentionPolicy",
    "SamplePlan",
    "SampledWeek",
    "SavedView",
    "SearchDocument",
    "StillNeeded",
    "Survey",
    "Transition",
    "Unanswered",
    "Webhook",
]
