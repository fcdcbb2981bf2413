import { App } from 'aws-cdk-lib';
import { addChecks } from '#lib/checks.ts';
import { defineDeployment } from '#lib/deployment.ts';
import { BUNDLE_FOLDER } from '#lib/entries.ts';
import { readStage } from '#lib/settings.ts';

/** The program that `cdk` runs: `cdk synth`, `cdk deploy --all --context stage=prod`. */
const app = new App();
addChecks(app);
defineDeployment(app, readStage(app.node.tryGetContext('stage')), BUNDLE_FOLDER);
