/** The router as its clients and operators see it: in a server, over sockets, between real clients and fake providers. */
package io.circuitbreaker.llm.it;
