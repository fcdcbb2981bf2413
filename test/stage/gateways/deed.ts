/** What a call to a gateway is for, in one word for both gateways: stories speak of these. */
export type Deed = 'open' | 'charge' | 'look' | 'cancel' | 'refund';
