import { blindSpots, PROJECT, readImports, violations } from './imports.ts';

/** `npm run layers`: checks the directions of all imports. */
const result = await readImports(PROJECT);
const complaints = [...blindSpots(PROJECT, result), ...violations(result)];
const { totalCruised, totalDependenciesCruised = 0 } = result.summary;

for (const complaint of complaints) process.stderr.write(`${complaint}\n`);
process.stdout.write(`${totalCruised} modules, ${totalDependenciesCruised} imports, ${complaints.length} complaints\n`);
process.exitCode = complaints.length === 0 ? 0 : 1;
