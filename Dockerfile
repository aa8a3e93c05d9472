# Build:  docker build -t likely .
# Run:    docker run --rm -p 8000:8000 -v likely:/likely/instance -e SECRET_KEY="$(openssl rand -hex 32)" likely

FROM python:3.11-slim AS build
WORKDIR /build
COPY requirements-serve.txt .
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --no-compile -r requirements-serve.txt \
    && /venv/bin/pip uninstall --yes --quiet pip setuptools

FROM python:3.11-slim
RUN useradd --system --no-create-home --shell /usr/sbin/nologin likely
WORKDIR /likely
COPY --from=build /venv /venv
# Named one by one, so that nothing comes along by accident.
COPY run.py LICENSE NOTICE ./
COPY webapp/ webapp/
COPY templates/ templates/
COPY static/ static/
COPY model/ model/
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1
# Compiled once here: the user below may write nothing.
RUN python -m compileall -q run.py webapp model /venv/lib
# The one folder that it may write: what signed-in people keep is in it, and outlives the container.
RUN install -d -o likely -m 700 instance
VOLUME /likely/instance
USER likely
EXPOSE 8000
# SECRET_KEY has no default. Without one the container stops at once and says so.
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
CMD ["python", "run.py", "--host", "0.0.0.0", "--port", "8000"]
