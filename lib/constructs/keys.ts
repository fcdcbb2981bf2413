import { RemovalPolicy } from 'aws-cdk-lib';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Stage } from '../settings.ts';
import type { Provided, ProvidedSetting } from './grants.ts';
import { keyAlias } from './naming.ts';

type KeySetting = Exclude<Extract<ProvidedSetting, `${string}_KEY`>, 'TUNNEL_PUBLIC_KEY'>;

/** One key by purpose (design 5): what opens router passwords opens nothing else. */
const purposes = {
  GATEWAY_CREDENTIALS_KEY: { alias: 'gateway-credentials', use: 'secrets' },
  ROUTER_CREDENTIALS_KEY: { alias: 'router-credentials', use: 'secrets' },
  ACCESS_CODES_KEY: { alias: 'access-codes', use: 'secrets' },
  TELEGRAM_TOKENS_KEY: { alias: 'telegram-tokens', use: 'secrets' },
  SESSIONS_KEY: { alias: 'sessions', use: 'signatures' },
  API_KEYS_KEY: { alias: 'api-keys', use: 'signatures' },
} as const satisfies Record<KeySetting, { readonly alias: string; readonly use: 'secrets' | 'signatures' }>;

interface KeysProps {
  readonly stage: Stage;
  readonly keepData: boolean;
}

/** The keys. Who may use which is said by the functions' roles, from their needs, and nowhere here. */
export class Keys extends Construct {
  readonly provided: Readonly<Record<KeySetting, Provided>>;

  constructor(scope: Construct, id: string, { stage, keepData }: KeysProps) {
    super(scope, id);
    const make = (setting: KeySetting): Provided => {
      const { alias, use } = purposes[setting];
      const key = new Key(this, alias, {
        description: `Pagos Hotspot ${stage}: ${alias}`,
        alias: keyAlias(stage, alias),
        // Without its key a sealed value is lost for ever, so what keeps the table keeps the keys.
        removalPolicy: keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
        ...(use === 'secrets'
          ? { enableKeyRotation: true }
          : { keySpec: KeySpec.ECC_NIST_P256, keyUsage: KeyUsage.SIGN_VERIFY }),
      });
      return { value: key.keyArn, arn: key.keyArn };
    };
    this.provided = {
      GATEWAY_CREDENTIALS_KEY: make('GATEWAY_CREDENTIALS_KEY'),
      ROUTER_CREDENTIALS_KEY: make('ROUTER_CREDENTIALS_KEY'),
      ACCESS_CODES_KEY: make('ACCESS_CODES_KEY'),
      TELEGRAM_TOKENS_KEY: make('TELEGRAM_TOKENS_KEY'),
      SESSIONS_KEY: make('SESSIONS_KEY'),
      API_KEYS_KEY: make('API_KEYS_KEY'),
    };
  }
}
