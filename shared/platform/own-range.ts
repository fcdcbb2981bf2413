/**
 * The deployment's own network, where the worker stands. Small and unusual, so that it does not meet the private ranges of
 * routers that are reached through a VPN; no router may have an address in it (design 5).
 */
export const OWN_RANGE = '10.213.112.0/24';
