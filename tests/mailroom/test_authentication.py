"""Who is believed: our own mail server's word, and nobody else's."""

import pytest

from sellers.mailroom.rules.addresses import is_public, normal, organisation, same_organisation
from sellers.mailroom.rules.authentication import Circumstances, judge
from sellers.mailroom.rules.results import read_results

OURS = "mx.saldo.example"
BEHIND = Circumstances(origin="smtp", envelope_from="ana@shop.example", authserv_id=OURS)
HOME = Circumstances(origin="smtp", envelope_from="ana@shop.example", peer_is_local=True, at_home=True)
BY_HAND = Circumstances(origin="command")


@pytest.mark.parametrize(
    ("header", "verdict"),
    [
        (f"{OURS}; dmarc=pass header.from=shop.example", "pass"),
        (f"{OURS}; dmarc=pass", "none"),
        (f"{OURS}; dmarc=pass (p=reject dis=none) header.from=shop.example", "pass"),
        (f"{OURS}; dmarc=pass header.from=other.example", "none"),
        (f"{OURS} 1; spf=pass smtp.mailfrom=bounce@mail.shop.example; dmarc=none", "pass"),
        (f"{OURS}; dkim=pass header.d=shop.example header.s=k1", "pass"),
        (f"{OURS}; dkim=fail header.d=shop.example; dkim=pass header.d=mail.shop.example", "pass"),
        (f'{OURS}; dkim=pass header.d="Shop.example"', "pass"),
        (f"{OURS}; dkim=pass header.i=@shop.example", "none"),
        (f'"{OURS}" 1; dkim/1 = pass header.d = shop.example', "pass"),
        (f"{OURS}; spf=pass smtp.mailfrom=shop.example", "pass"),
        (f"{OURS}; spf=pass smtp.mailfrom=<> smtp.helo=mail.shop.example", "pass"),
        (f"{OURS}; spf=pass smtp.mailfrom=b@mailer.example smtp.helo=mail.shop.example", "none"),
        (f'{OURS}; spf=pass smtp.mailfrom="ana b"@shop.example', "pass"),
        (
            f"{OURS}; spf=pass (sender IP is 1.2.3.4) smtp.mailfrom=shop.example; dmarc=none action=none",
            "pass",
        ),
        (f"{OURS}; dkim=pass header.d=mailer.example; spf=pass smtp.mailfrom=b@mailer.example", "none"),
        (f"{OURS}; dmarc=fail header.from=shop.example; dkim=pass header.d=shop.example", "fail"),
        (f"{OURS}; spf=softfail smtp.mailfrom=ana@shop.example", "fail"),
        (f"{OURS}; none", "none"),
        (f'{OURS}; spf=pass reason="dmarc=pass; x" smtp.mailfrom=a@mailer.example', "none"),
        (f"{OURS}; (dmarc=pass) spf=none", "none"),
        ("mx.evil.example; dmarc=pass header.from=shop.example", "none"),
        ("", "none"),
        # What a stranger may have written into our server's header: the envelope's sender.
        (f'{OURS}; spf=pass smtp.mailfrom="x@shop.example"@mailer.example; dmarc=none', "none"),
        (f'{OURS}; spf=pass smtp.mailfrom=a."x@shop.example b"@mailer.example', "none"),
        (f'{OURS}; spf=pass smtp.mailfrom="x@shop.example"', "none"),
        (f'{OURS}; spf=pass smtp.mailfrom="smtp.mailfrom=shop.example"@mailer.example', "none"),
        (f"{OURS}; spf=pass smtp.mailfrom=header.from=shop.example@mailer.example", "none"),
        (f"{OURS}; spf=pass smtp.mailfrom=a\u00a0smtp.helo=shop.example@mailer.example", "none"),
        (
            f'{OURS}; spf=pass smtp.mailfrom="\\"; dkim=pass header.d=shop.example; x=\\""@mailer.example',
            "none",
        ),
        (f'{OURS}; spf=pass (of "x); dkim=pass header.d=shop.example; a=b ("@mailer.example)', "none"),
        (f'{OURS}; dkim=pass reason="as header.d=shop.example says" header.d=mailer.example', "none"),
        (f'{OURS}; dkim=pass header.d=mailer.example header.i="x@shop.example"@mailer.example', "none"),
        # What cannot be read to its end says nothing.
        (f"{OURS}; dkim=pass header.d=shop.example (and so on", "none"),
        (f'{OURS}; dkim=pass header.d=shop.example reason="and so on', "none"),
        (f"{OURS}; dkim=pass header.d=shop.example header.d=mailer.example", "none"),
        (f"{OURS}; dkim=pass header.d=shop.example\x00", "none"),
        (f"{OURS} and more; dkim=pass header.d=shop.example", "none"),
        (f"{OURS}; dkim=pass header.d=shop.example" + " x.y=z" * 4_000, "none"),
    ],
)
def test_our_servers_word_counts(header: str, verdict: str) -> None:
    assert judge([header] if header else [], "shop.example", BEHIND).verdict == verdict


def test_only_the_topmost_word_counts_and_only_if_it_is_ours() -> None:
    proof, failure = f"{OURS}; dkim=pass header.d=shop.example", f"{OURS}; dmarc=fail"

    assert judge([proof, failure], "shop.example", BEHIND).verdict == "pass"
    assert judge([failure, proof], "shop.example", BEHIND).verdict == "fail"
    assert judge(["mx.evil.example; none", proof], "shop.example", BEHIND).verdict == "none"
    assert judge(["(", proof], "shop.example", BEHIND).verdict == "none"


def test_by_hand_whoever_hands_it_in_vouches() -> None:
    assert judge([], "shop.example", BY_HAND).verdict == "pass"
    assert judge(["any; dmarc=pass header.from=shop.example"], "shop.example", BY_HAND).verdict == "pass"
    assert judge(["any; dmarc=fail"], "shop.example", BY_HAND).verdict == "fail"
    assert judge(["any; dmarc=fail (broken"], "shop.example", BY_HAND).verdict == "none"


def test_by_hand_follows_the_header_once_our_server_has_a_name() -> None:
    told = Circumstances(origin="command", authserv_id=OURS)

    assert judge([], "shop.example", told).verdict == "none"
    assert judge([f"{OURS}; dmarc=pass header.from=shop.example"], "shop.example", told).verdict == "pass"


def test_at_home_this_machines_mail_is_believed_if_its_envelope_fits() -> None:
    assert judge([], "shop.example", HOME).verdict == "pass"
    assert judge([], "mail.shop.example", HOME).verdict == "pass"
    assert judge([], "other.example", HOME).verdict == "none"
    assert judge(["mx.evil.example; dmarc=pass"], "shop.example", HOME).verdict == "none"
    assert judge(["mx.evil.example; dmarc=fail"], "shop.example", HOME).verdict == "fail"


def test_nobody_elses_machine_is_believed_without_a_word_of_our_server() -> None:
    away = Circumstances(origin="smtp", envelope_from="ana@shop.example", at_home=True)
    in_service = Circumstances(origin="smtp", envelope_from="ana@shop.example", peer_is_local=True)

    assert judge([], "shop.example", away).verdict == "none"
    assert judge([], "shop.example", in_service).verdict == "none"
    assert judge([], "shop.example", Circumstances(origin="imap", at_home=True)).verdict == "none"


def test_results_are_read_with_their_properties() -> None:
    told = read_results('MX.saldo.Example 1; dkim=pass (2048-bit (rsa)) header.d="Shop.example"; spf = none')

    assert told.authserv_id == "mx.saldo.example"
    assert [(each.method, each.result) for each in told.results] == [("dkim", "pass"), ("spf", "none")]
    assert told.results[0].about("header.d").name == "shop.example"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("shop.pe", "mail.shop.pe", True),
        ("a.com.pe", "b.com.pe", False),
        ("mail.shop.com.pe", "shop.com.pe", True),
        ("one.github.io", "two.github.io", False),
        ("com.pe", "shop.com.pe", False),
        ("", "shop.pe", False),
        ("strasse.example", "straße.example", False),
        ("mail.xn--strae-oqa.example", "Straße.example", True),
        ("\ud800.example", "\ud800.example", True),
    ],
)
def test_domains_of_one_owner_are_told_from_neighbours(one: str, other: str, same: bool) -> None:
    assert same_organisation(one, other) is same


def test_public_providers_are_known() -> None:
    assert is_public("gmail.com")
    assert is_public("com.pe")
    assert not is_public("shop.com.pe")
    assert organisation("shop.com.pe") == "shop.com.pe"


@pytest.mark.parametrize("wrong", ["", "x", "a@b", "a b@c.de", "a@b.de, c@d.ef", "<a@b>", "@b.de", "a@b..de"])
def test_what_is_no_address_is_none(wrong: str) -> None:
    assert normal(wrong) == ""


def test_addresses_are_compared_in_lower_case() -> None:
    assert normal(" <Ana.B+x@Shop.Example> ") == "ana.b+x@shop.example"
