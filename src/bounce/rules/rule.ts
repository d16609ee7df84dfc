/**
 * What a rule of a family of mail systems is made of. A rule is data: how its reports are known and
 * where in them stand recipients and the diagnosis. Patterns are put to one line at a time, cut at
 * five hundred characters, so that none takes long. Pure.
 */

/** All that a mark names must be there. */
export interface Mark {
  readonly from?: RegExp;
  readonly subject?: RegExp;
  /** A field of the report's header and what it holds. */
  readonly field?: readonly [name: string, value: RegExp];
  /** Of a line of the report's own text. */
  readonly text?: RegExp;
}

export interface Family {
  /** Lower case; it stands in the state and in logs. */
  readonly name: string;
  /** Any of them makes it this family. */
  readonly marks: readonly Mark[];
  /** The line behind which recipients stand; the whole report where it is missing. */
  readonly begins?: RegExp;
  /** The line at which the returned message begins, besides those that all families have. */
  readonly ends?: RegExp;
  /** The first group is the recipient; `final` and `original` may be named groups. */
  readonly recipients?: readonly RegExp[];
  /** Lines that tell why; without it what stands at and below the recipient. */
  readonly diagnosis?: RegExp;
  /** Recipients are named without this domain. */
  readonly domain?: string;
  /** The report names nobody: it is the recipient of the returned message. */
  readonly byReturned?: true;
}
