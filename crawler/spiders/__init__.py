"""One file per source; Scrapy finds them by this folder."""
