/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples.frameworks;

import jakarta.servlet.jsp.JspException;
import jakarta.servlet.jsp.tagext.SimpleTagSupport;
import java.io.IOException;
import java.util.Locale;

/** What the pages of {@link JspTest} use; public, because pages are classes of another package. */
public final class JspTags {

    private JspTags() {}

    /** A bean that pages show. */
    public record Item(String name, int price) {
        public String getName() {
            return name;
        }

        public int getPrice() {
            return price;
        }
    }

    /** A tag that repeats its body. */
    public static final class Repeat extends SimpleTagSupport {
        private int times;

        public void setTimes(int times) {
            this.times = times;
        }

        @Override
        public void doTag() throws JspException, IOException {
            for (int i = 0; i < times; i++) {
                getJspContext().setAttribute("turn", i);
                getJspBody().invoke(null);
            }
        }
    }

    /** A function of the expression language. */
    public static String shout(String text) {
        return text.toUpperCase(Locale.ROOT) + '!';
    }
}
