/** The words of ezmlm-idx for a list's address, in texts and fields. Pure. */
import { domainOf, localOf } from "../../mail/address.ts";

/** @param whole what stands for the address as a whole */
export function filledIn(text: string, address: string, whole: string): string {
  return text
    .replaceAll(/<#[lL]#>@<#[hH]#>/g, whole)
    .replaceAll(/<#[lL]#>/g, localOf(address))
    .replaceAll(/<#[hH]#>/g, domainOf(address));
}
