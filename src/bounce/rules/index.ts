/**
 * All families, the surest first: what looks like several is the first that knows itself. Data.
 */
import { activehunter } from "./activehunter.ts";
import { aol } from "./aol.ts";
import { biglobe } from "./biglobe.ts";
import { compuserve } from "./compuserve.ts";
import { courier } from "./courier.ts";
import { docomo } from "./docomo.ts";
import { domino } from "./domino.ts";
import { dragonfly } from "./dragonfly.ts";
import { einsundeins } from "./einsundeins.ts";
import { exchange } from "./exchange.ts";
import { exim } from "./exim.ts";
import { fml } from "./fml.ts";
import { gmail } from "./gmail.ts";
import { groupwise } from "./groupwise.ts";
import { iis } from "./iis.ts";
import { imail } from "./imail.ts";
import { interscan } from "./interscan.ts";
import { james } from "./james.ts";
import { kddi } from "./kddi.ts";
import { lsoft } from "./lsoft.ts";
import { mailenable } from "./mailenable.ts";
import { mailmarshal } from "./mailmarshal.ts";
import { mailru } from "./mailru.ts";
import { mdaemon } from "./mdaemon.ts";
import { messagingserver } from "./messagingserver.ts";
import { opensmtpd } from "./opensmtpd.ts";
import { postfix } from "./postfix.ts";
import { postoffice } from "./postoffice.ts";
import { qmail } from "./qmail.ts";
import { relays } from "./relays.ts";
import type { Family } from "./rule.ts";
import { sendmail } from "./sendmail.ts";
import { sendmail5 } from "./sendmail5.ts";
import { smail } from "./smail.ts";
import { verizon } from "./verizon.ts";
import { yahoo } from "./yahoo.ts";
import { zoho } from "./zoho.ts";

export const families: readonly Family[] = [
  activehunter,
  aol,
  compuserve,
  verizon,
  kddi,
  docomo,
  biglobe,
  mailru,
  einsundeins,
  zoho,
  gmail,
  yahoo,
  fml,
  interscan,
  mailenable,
  mdaemon,
  imail,
  lsoft,
  mailmarshal,
  james,
  messagingserver,
  domino,
  groupwise,
  opensmtpd,
  dragonfly,
  courier,
  smail,
  sendmail5,
  sendmail,
  relays,
  exim,
  postfix,
  qmail,
  postoffice,
  exchange,
  iis,
];
