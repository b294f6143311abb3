# Build and run:
#   mvn package
#   docker build -t llm-router .
#   docker run --rm -p 9080:9080 -e OPENAI_API_KEY -e LLM_CLIENT_KEYS=me:<SHA-256 of a key> llm-router
#
# All configuration is environment (README.md lists it), and no secret is in the image. A container's callers are not on
# its own machine, so without LLM_CLIENT_KEYS each of them gets 401.

# "full" has all features, so the build downloads none. The small "kernel-slim" would want RUN features.sh and a network.
FROM icr.io/appcafe/open-liberty:26.0.0.3-full-java25-openj9-ubi-minimal

# server.xml listens on localhost unless told otherwise, and nobody outside a container reaches that.
# What the application says of providers and streams is INFO, and the console would show only what is more.
ENV HTTP_HOST=* \
    HTTP_PORT=9080 \
    WLP_LOGGING_CONSOLE_LOGLEVEL=INFO

COPY --chown=1001:0 server-config/ /config/
COPY --chown=1001:0 target/llm-router.war /config/apps/

# Starts the server once, to fill the class cache for faster starts.
RUN configure.sh

USER 1001:0
EXPOSE 9080

# Started, not ready: a server whose streams are all taken is not ready for one more, and must not be restarted for that.
# Nor only alive, which a server is too whose application was stopped by a bad setting.
# curl is in the base image, whose own build uses it. Kubernetes ignores this line; use probes there.
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
    CMD curl -fsS -o /dev/null "http://localhost:${HTTP_PORT}/health/started" || exit 1
