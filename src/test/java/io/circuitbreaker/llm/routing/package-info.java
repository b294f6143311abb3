/** Tests of routing. */
package io.circuitbreaker.llm.routing;
