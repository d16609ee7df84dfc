#!/usr/bin/env python3
"""Holds posts with one of the words in the list's custom.words. Started once, asked by every post."""
import re

from listmill import serve


def check(ask):
    words = ask.setting("custom.words").lower().split()
    if not words:
        return
    found = set(words) & set(re.findall(r"\w+", f"{ask.header('Subject')} {ask.text}".lower()))
    if found:
        ask.hold(f"It says {', '.join(sorted(found))}.")


serve(check)
