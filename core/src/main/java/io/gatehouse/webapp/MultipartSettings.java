/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import jakarta.servlet.MultipartConfigElement;

/** The multipart settings of a servlet, comparable: {@code <multipart-config>} or {@code @MultipartConfig}. */
record MultipartSettings(String location, long maxFile, long maxRequest, int threshold) {

    MultipartConfigElement element() {
        return new MultipartConfigElement(location, maxFile, maxRequest, threshold);
    }
}
