/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A write listener that writes a text once and then runs what follows. */
record Written(String text, ServletOutputStream out, Runnable then) implements WriteListener {

    @Override
    public void onWritePossible() throws IOException {
        if (out.isReady()) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            then.run();
        }
    }

    @Override
    public void onError(Throwable failure) {
        throw new IllegalStateException(failure);
    }
}
