import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the hub has to know, by the names that `pagos-hub.sh` has for it. */
export interface HubSettings {
  /** The bucket in which hub and deployment tell each other keys. */
  readonly BUCKET: string;
  /** Name of the parameter that keeps the private key. */
  readonly KEY_PARAMETER: string;
  readonly ADDRESS_ALLOCATION: string;
  /** Of the worker's subnets, with spaces between them; the subnets' ranges, with commas. */
  readonly ROUTE_TABLES: string;
  readonly WORKER_SUBNETS: string;
  readonly OWN_RANGE: string;
  readonly HUB_ADDRESS: string;
  readonly TUNNEL_RANGE: string;
  readonly PORT: string;
  readonly AWS_REGION: string;
}

export const HUB_SCRIPT = join(import.meta.dirname, 'pagos-hub.sh');

const unit = (description: string, command: string, more = '') => `[Unit]
Description=${description}
After=network-online.target
Wants=network-online.target

[Service]
Type=oneshot
ExecStart=/usr/local/sbin/pagos-hub ${command}
StandardOutput=journal+console
${more}`;

const BOOT_UNIT = unit(
  'The WireGuard hub',
  'boot',
  `RemainAfterExit=yes
Restart=on-failure
RestartSec=10

[Install]
WantedBy=multi-user.target
`,
);

const TIMER = `[Unit]
Description=Who may dial in, every half minute

[Timer]
OnBootSec=60
OnUnitInactiveSec=30
AccuracySec=1

[Install]
WantedBy=timers.target
`;

/**
 * What a new instance runs once: it puts the script, its settings and its units in place, and starts them. They start by
 * themselves whenever the instance does.
 */
export function userData(settings: HubSettings): string {
  const lines = Object.entries(settings).map(([name, value]) => `export ${name}='${value}'`);
  const files = [
    ['/usr/local/sbin/pagos-hub', readFileSync(HUB_SCRIPT, 'utf8')],
    ['/etc/pagos-hub', `${lines.join('\n')}\n`],
    ['/etc/systemd/system/pagos-hub.service', BOOT_UNIT],
    ['/etc/systemd/system/pagos-hub-peers.service', unit('Who may dial in', 'take-peers')],
    ['/etc/systemd/system/pagos-hub-peers.timer', TIMER],
  ] as const;
  return `#!/bin/bash
set -euo pipefail
${files.map(([path, text]) => `cat >${path} <<'END_OF_FILE'\n${text}END_OF_FILE\n`).join('')}chmod 755 /usr/local/sbin/pagos-hub
# Half a gigabyte is little for a package manager.
[ -f /swap ] || { dd if=/dev/zero of=/swap bs=1M count=1024 && chmod 600 /swap && mkswap /swap && swapon /swap; }
until dnf install -y wireguard-tools nftables; do sleep 10; done
systemctl daemon-reload
systemctl enable --now pagos-hub.service pagos-hub-peers.timer
`;
}
