"""Words that steer an interview when they are typed; the same in every window."""

from __future__ import annotations

CHECK_UP_WORDS = frozenset({"体检", "政策体检", "接着体检"})
THIS_ONE_WORDS = frozenset({"我能办吗", "我能办么", "我能不能办"})
GO_ON_WORDS = frozenset({"继续问", "继续", "接着问", "接着答"})
LEAVE_WORDS = frozenset({"先不答了", "不答了", "不想答了", "算了", "退出", "停"})
CHANGE_WORDS = frozenset({"改前面的", "改", "答错了", "前面答错了"})
