/** Tests of the HTTP edge that need no server. */
package io.circuitbreaker.llm.rest;
