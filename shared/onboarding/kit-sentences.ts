/** What the kit says to the person at the router. In their language, so the border writes them. */
export interface KitSentences {
  /** For whoever opens the file. */
  readonly howToRun: string;
  otherVersion(version: number): string;
  /** What to do about the device-mode. */
  readonly deviceMode: string;
  readonly hotspotBlocked: string;
  /** What to do about a missing certificate. */
  readonly certificate: string;
  readonly noCertificate: string;
  nameTaken(username: string): string;
  readonly undone: string;
  done(company: string, router: string): string;
  /** Followed by the router's public key. @param address the router's in the tunnel */
  tunnelKey(address: string): string;
  readonly tunnelNeedsSeven: string;
  readonly deleteFile: string;
}
