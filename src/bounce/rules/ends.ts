/**
 * Lines at which a report stops speaking and the returned message begins, in the words of all mail
 * systems, and the fields that a returned message mostly begins with. Data.
 */
export const ends: readonly RegExp[] = [
  /^[\s>|]*[-=_*]{2,}\s*(?:below (?:this|the next) line|this is a copy|the (?:header|body|headers) of the (?:original )?message|original (?:message|mail)|returned (?:message|mail)|un(?:sent|delivered) message|message (?:header|text|body|follows)|(?:header|headers|body) of|included is a|enclosed is a|attached (?:is|message)|start of|forwarded|mensaje original|copy of|your original|non-delivered message|texto del mensaje|nachricht|message non-deliverable)/i,
  /^[\s>|]*(?:(?:your|the|this is the|a copy of the|a copy of your) )?(?:original |returned |unsent )?message(?: headers?| text| body)?(?: is)? (?:follows?|reads|below|as (?:received|follows)|(?:attached|included|appended) below)\b/i,
  /^[\s>|]*(?:(?:below is |here is |included (?:below )?is )?a copy of (?:the|your)|included (?:below )?is the|the headers? of the|original) (?:original )?(?:message|mail)(?: headers?)?(?: (?:below|follows?|is|are|as)\b.*)?\s*:?\s*\.?$/i,
  /^original message headers?:?$/i,
  /^a summary of the undelivered message/i,
  /^[>|]?\s?(?:return-path|received|dkim-signature|x-received|x-ymail\S*|arc-seal|authentication-results):/i,
  /^(?:message-id|mime-version|x-[a-z][a-z-]{2,40}):/i,
];
