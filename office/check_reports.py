"""What staff hear of interviews: a result somebody calls wrong, and a rule that could not be judged."""

from __future__ import annotations

import logging

from sqlalchemy import Connection

from knowledge.check_views import ResultView
from knowledge.profile import Profile
from office.ledger import wrong_results
from office.ledger.wrong_results import WrongResult
from office.office import Office

log = logging.getLogger(__name__)

NOT_REPORTED = frozenset({"town", "village"})


def report_wrong(
    connection: Connection, office: Office, channel: str, scope: str, profile: Profile, shown: ResultView
) -> str:
    """Keep publication, day, answers and outcomes for staff, without whose they are; returns the reference number."""
    reference = wrong_results.new_reference()
    report = WrongResult(
        reference=reference,
        scope=scope,
        publication=shown.version,
        judged_on=shown.on,
        answers={key: value for key, value, _ in profile.to_json() if key not in NOT_REPORTED},
        shown={item.code: item.group.value for item in shown.items},
        channel=channel,
        reported_at=office.now(),
    )
    wrong_results.record(connection, office.cipher, report)
    log.warning("有人说初步结果不对：编号 %s，条目 %s，内容版本 %s", reference, scope or "全部", shown.version)
    return reference


def alert_broken(view: ResultView) -> None:
    """Tell staff of every rule that raised; the person reads 暂时判断不了."""
    for code, sentence in view.broken:
        log.error("条目 %s 的条件“%s”判断不了，请工作人员改规则（内容版本 %s）", code, sentence, view.version)
