/** What settings have in common, whoever reads them. */
package io.circuitbreaker.llm.config;
