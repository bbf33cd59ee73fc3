// The first thing every command of this repository runs: `node deploy/embedded/run.mjs SCRIPT [ARGUMENTS]`. It installs what is
// missing, then runs the script with the Node.js that the repository brings. It works with nothing but Node.js and npm present, so
// it has no dependencies; this file keeps to syntax that old versions of Node.js can still read, so that they can say what is wrong.
const major = Number(process.versions.node.split('.')[0]);

if (process.platform === 'win32') {
  console.error('DocuSnap runs on Linux and macOS. On Windows, run it inside WSL 2.');
  process.exitCode = 1;
} else if (major < 20) {
  console.error(
    `DocuSnap needs Node.js 20 or newer, and this is ${process.version}. Install a newer one from https://nodejs.org.`,
  );
  process.exitCode = 1;
} else {
  import('./launch.mjs')
    .then((launch) => launch.installAndRun(process.argv.slice(2)))
    .catch((error) => {
      console.error(error);
      process.exitCode = 1;
    });
}
