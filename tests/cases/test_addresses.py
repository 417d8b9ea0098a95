import pytest

from cases import addresses
from tests.factories.cases import CommunityFactory, DistrictFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def yangpu(line):
    return DistrictFactory()


@pytest.fixture
def village(yangpu):
    return CommunityFactory(district=yangpu, name="杏林新村", street="国和路")


def test_a_community_is_found_by_what_is_typed_of_its_name_or_street(village):
    assert addresses.find_community("杏林") == [village]
    assert addresses.find_community("国和") == [village]
    assert addresses.find_community("杨浦 杏林") == [village]
    assert addresses.find_community("没有这个") == []
    assert addresses.find_community(" ") == []


def test_a_name_that_begins_with_the_words_comes_first(yangpu, village):
    other = CommunityFactory(district=yangpu, name="东杏林苑")
    assert addresses.find_community("杏林") == [village, other]


def test_district_community_building_and_room_are_read_from_a_text(village):
    address = addresses.from_words("老人在杨浦区杏林新村12号楼301室，断药两天")
    assert (address.community, address.building, address.room) == (village, "12", "301")
    assert address.point == (village.lon, village.lat)


def test_a_district_alone_is_better_than_nothing(yangpu):
    address = addresses.from_words("我在杨浦，急需奶粉")
    assert (address.district, address.community, address.point) == (yangpu, None, None)


def test_a_district_is_read_in_english_too(yangpu):
    assert addresses.from_words("We live in Yangpu and need insulin").district == yangpu


def test_no_address_is_made_of_words_that_name_none(village):
    assert addresses.from_words("需要胰岛素") is None


def test_a_community_of_the_same_name_elsewhere_is_not_taken(village):
    elsewhere = DistrictFactory(slug="minhang", name="闵行区", name_en="Minhang")
    address = addresses.from_words("闵行区杏林新村")
    assert (address.district, address.community) == (elsewhere, None)


@pytest.mark.parametrize(
    ("text", "street", "building", "room"),
    [
        ("杨浦区国和路30弄5号502，胰岛素没了", "国和路30弄", "5", "502"),
        ("我妈在杨浦区五角场街道国和路465弄12号楼301室", "国和路465弄", "12", "301"),
        ("杨浦区国和路1266号3号楼1201室", "国和路1266号", "3", "1201"),
        ("杨浦区国和路88号", "国和路", "88", ""),
        ("杨浦国和路465弄4-411", "国和路465弄", "4", "411"),
        ("杨浦区国和路30弄5号，电话13812345678", "国和路30弄", "5", ""),
        ("杨浦区，需要纸尿裤5号1000元以内", "", "5", ""),
    ],
)
def test_without_a_community_we_know_the_street_and_the_door_are_read(yangpu, text, street, building, room):
    address = addresses.read(text)
    assert (address.street, address.building, address.room) == (street, building, room)


def test_a_street_far_from_the_district_is_not_taken_for_the_address(yangpu):
    assert addresses.read("杨浦区，老人一直在家等着吃药，之前都是女儿每个月去宛平南路配的").street == ""
